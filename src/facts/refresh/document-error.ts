/** Why a document was not taken, in words that may be shown: they hold no credential and nothing of the upstream's but a few characters. */
export class DocumentError extends Error {
  /** There is nothing of that kind: nobody need be told. */
  readonly isMissing: boolean

  constructor(message: string, isMissing = false) {
    super(message)
    this.name = "DocumentError"
    this.isMissing = isMissing
  }
}
