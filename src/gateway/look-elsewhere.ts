import { type Logger, messageOf } from "../contract/index.ts"

/** Long enough to cost the store nothing, short enough for whoever has changed a policy at one gateway and tries it at another. */
export const lookElsewhereMs = 5000

export interface ElsewhereParts {
  /** Takes over what other gateways of the same store changed. */
  readonly refresh: () => Promise<boolean>
  readonly after: (milliseconds: number, run: () => void) => () => void
  readonly log: Logger
}

/** Looks again and again, each time when the look before has ended. What cannot be reached is told once, until it can be again. */
export function lookElsewhere({ refresh, after, log }: ElsewhereParts): () => void {
  let failing = false
  let ended = false
  let cancel = () => {}
  const look = async () => {
    try {
      if (await refresh()) log.info("what another gateway declared holds here too")
      failing = false
    } catch (thrown) {
      if (!failing) log.warn("what other gateways declare cannot be read", { error: messageOf(thrown) })
      failing = true
    }
    if (!ended) cancel = after(lookElsewhereMs, () => void look())
  }
  cancel = after(lookElsewhereMs, () => void look())
  return () => {
    ended = true
    cancel()
  }
}
