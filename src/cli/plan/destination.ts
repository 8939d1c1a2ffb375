import type { GatewayError } from "../../contract/index.ts"
import type { Replanned } from "../../pipeline/replay/plan-again.ts"
import type { Recorded } from "../../pipeline/replay/recorded-inquiry.ts"
import type { LiveOffer } from "../../pipeline/services.ts"
import { failedIn, type Was } from "./recorded.ts"

/** What would become of a request. */
export type Would =
  /** `isFailed`: all that would be tried failed for it when it was recorded. */
  | { readonly kind: "routed"; readonly offer: LiveOffer; readonly isFailed: boolean }
  | { readonly kind: "refused"; readonly rule: string; readonly error: GatewayError }

export const keysIn = (planned: Replanned): readonly string[] =>
  "refused" in planned ? [] : planned.attempts.map(({ offer }) => offer.key)

/** How many of the first choices are the same, up to a number. */
export function likenessOf(found: readonly string[], planned: readonly string[], most: number): number {
  let same = 0
  while (same < most && same < planned.length && found[same] === planned[same]) same++
  return same
}

/** Where it would have gone: to whoever answered, if nothing is different for it; otherwise to the first that did not fail for it. */
export function routed(
  row: Recorded,
  was: Was,
  present: Replanned,
  { attempts }: Extract<Replanned, { attempts: unknown }>,
): Extract<Would, { kind: "routed" }> {
  const { key } = was
  const failed = failedIn(row, was)
  const { planned } = row.route
  const keys = attempts.map(({ offer }) => offer.key)
  const depth = key === undefined ? 0 : planned.indexOf(key) + 1
  const isAsPlanned = was.kind !== "failed" && depth > 0 && likenessOf(keys, planned, depth) === depth
  const same = attempts.find(({ offer }) => offer.key === key)
  if (same && (isAsPlanned || Bun.deepEquals(keys, keysIn(present))))
    return { kind: "routed", offer: same.offer, isFailed: was.kind === "failed" }
  const first = attempts.find(({ offer }) => !failed.has(offer.key))
  return { kind: "routed", offer: (first ?? attempts.at(-1)!).offer, isFailed: first === undefined }
}
