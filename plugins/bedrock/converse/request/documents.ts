/**
 * Names of documents as Converse takes them: letters, digits, single spaces and `()[]-`, at most 200 characters, each once in a request
 * (docs.aws.amazon.com/bedrock, DocumentBlock). Models read them, so the client's own is kept as far as it can be.
 */
export class DocumentNames {
  readonly #used = new Set<string>()
  #unnamed = 0

  next(name: string | undefined): string {
    const clean = (name ?? "")
      .replace(/\.[a-z0-9]{1,5}$/i, "")
      // `Ü` as `U`, rather than as nothing.
      .normalize("NFKD")
      .replace(/\p{M}/gu, "")
      .replace(/[^a-zA-Z0-9()[\]-]+/g, " ")
      .trim()
      .slice(0, 190)
      .trim()
    const first = clean === "" ? `document-${++this.#unnamed}` : clean
    let unique = first
    for (let round = 2; this.#used.has(unique); round++) unique = `${first}-${round}`
    this.#used.add(unique)
    return unique
  }
}
