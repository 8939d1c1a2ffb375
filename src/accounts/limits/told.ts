import { type ErrorCode, GatewayError } from "../../contract/index.ts"
import type { LimitState } from "./shared-budgets.ts"
import type { RateRefusal } from "./shared-rates.ts"
import type { LimitScope } from "./types.ts"

/** Nano-dollars as people read money. */
const money = (nano: number): string => `${nano / 1e9} USD`

const scopes: Readonly<Record<LimitScope, string>> = {
  key: "API key",
  member: "member",
  group: "group",
  "group-member": "member",
  "service-account": "service account",
  project: "project",
  guardrail: "guardrail",
  organisation: "",
  model: "model",
}

const whose = (scope: LimitScope, name: string): string =>
  scope === "organisation" ? name : `${scopes[scope]} "${name}"`

const moneyCodes: ReadonlySet<ErrorCode> = new Set([
  "spend_limit_reached",
  "guardrail_budget_reached",
  "project_budget_reached",
  "insufficient_balance",
])

/** Whether somebody's money did not suffice. */
export const isOfMoney = ({ code }: { readonly code: ErrorCode }): boolean => moneyCodes.has(code)

/** Whose limit it is, what is left of it, what was asked, and when that changes. `Reached monthly spend limit` is Requesty's own wording. */
export function moneyRefusal(
  { limit, remainingNano, resetsAtMs }: LimitState,
  neededNano: number,
  what = "even a short answer",
): GatewayError {
  const { code, scope, name, nano, window } = limit
  const every = window === "total" ? "" : `${window} `
  const begins =
    code === "insufficient_balance"
      ? "Insufficient balance of the organisation"
      : `Reached ${every}spend limit for ${whose(scope, name)}`
  const total = code === "insufficient_balance" ? `${money(nano)} paid in` : money(nano)
  const when =
    resetsAtMs === undefined ? "The limit does not reset." : `It resets at ${new Date(resetsAtMs).toISOString()}.`
  const ends = code === "insufficient_balance" ? "It does not reset; somebody must pay in more." : when
  return new GatewayError(
    code,
    `${begins}: ${money(remainingNano)} left of ${total}; ${what} may cost ${money(neededNano)}. ${ends}`,
  )
}

const units = {
  requests: "requests per minute",
  tokens: "tokens per minute",
  concurrency: "requests in flight",
} as const

/** The same of a rate. */
export function rateRefusal({ refused, kind, limit, remaining, waitMs }: RateRefusal, now: number): GatewayError {
  const begins = `Rate limit reached for ${whose(refused.scope, refused.name)}: ${limit} ${units[kind]}`
  if (waitMs === Number.POSITIVE_INFINITY)
    return new GatewayError(
      "rate_limit_reached",
      `${begins}, and this request alone is larger. Shorten it, or ask for a shorter answer.`,
    )
  const ends =
    kind === "concurrency"
      ? "Wait until one of them has ended."
      : `${remaining} left; try again in ${Math.max(1, Math.ceil(waitMs / 1000))} s.`
  return new GatewayError("rate_limit_reached", `${begins}. ${ends}`, {
    retryAfterMs: waitMs,
    rateLimit: { limit, remaining, resetsAtMs: Math.ceil(now + waitMs) },
  })
}
