import { isOfMoney } from "../../accounts/limits/told.ts"
import type { ErrorCode, Generation } from "../../contract/index.ts"
import type { Recorded } from "../../pipeline/replay/recorded-inquiry.ts"
import { isItsFault, keyOf } from "../../pipeline/sticky/stick.ts"

/** What became of a recorded request. */
export interface Was {
  readonly kind: "answered" | "failed" | "refused" | "remembered"
  /** `provider/model` that answered, or that was tried last. */
  readonly key?: string
  readonly code?: ErrorCode
}

/** Refusals that say where a request may go, or what it may cost, and that another configuration may not give. */
const ofRouting: ReadonlySet<string> = new Set<ErrorCode>([
  "model_not_found",
  "no_endpoints",
  "model_not_allowed",
  "region_restricted",
  "context_length_exceeded",
  "search_unavailable",
  "spend_limit_reached",
  "guardrail_budget_reached",
  "project_budget_reached",
  "insufficient_balance",
])

/** Why a request cannot be planned again; undefined = it can. */
export function unreplayable(row: Generation): string | undefined {
  const { route, errorCode, attempts } = row
  if (errorCode === "rate_limit_reached" && attempts.length === 0)
    return "were refused for their rate, which another configuration is not tried for"
  if (!route) return "were recorded by an earlier version, without what planning needs"
  if (route.planned.length === 0 && attempts.length === 0 && !ofRouting.has(errorCode ?? ""))
    return `were refused before they were planned (${errorCode ?? row.status})`
  return undefined
}

/** It was refused because somebody's money did not suffice. */
export const isRefusedForMoney = ({ kind, code }: Was): boolean =>
  kind === "refused" && code !== undefined && isOfMoney({ code })

export function wasOf(row: Recorded): Was {
  const { attempts, errorCode, cache, provider, upstreamModel, route } = row
  if (cache) return { kind: "remembered" }
  const last = attempts.at(-1)
  if (!last && ofRouting.has(errorCode ?? "")) return { kind: "refused", code: errorCode as ErrorCode }
  const tried = provider === "" ? last && keyOf(last) : `${provider}/${upstreamModel}`
  const key = tried ?? route.planned[0]
  // An answer that nobody paid the rest of was one.
  const failed =
    errorCode !== undefined && errorCode !== "client_closed" && !isOfMoney({ code: errorCode as ErrorCode })
  return {
    kind: failed ? "failed" : "answered",
    ...(key === undefined ? {} : { key }),
    ...(errorCode === undefined ? {} : { code: errorCode as ErrorCode }),
  }
}

/** Upstreams that failed for this request, and did not answer it after all: they would have failed for it however it was routed. */
export function failedIn({ attempts }: Generation, was: Was): ReadonlySet<string> {
  const failed = new Set<string>()
  for (const attempt of attempts) if (isItsFault(attempt) && attempt.code !== undefined) failed.add(keyOf(attempt))
  if (was.kind === "answered" && was.key !== undefined) failed.delete(was.key)
  return failed
}

/** When it was billed. */
export const endOf = ({ createdAt, durationMs }: Generation): number => createdAt + durationMs
