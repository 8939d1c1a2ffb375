import type { ErrorCode } from "../../contract/index.ts"
import type { AccountId } from "../../store/account-ids.ts"
import type { WindowKind } from "../../store/windows.ts"

/** Absent: not limited. */
export interface RateLimits {
  readonly requestsPerMinute?: number
  /** Input and output together. */
  readonly tokensPerMinute?: number
  /** Requests in flight. */
  readonly concurrency?: number
}

/** What a limit belongs to, for what is said of it. */
export type LimitScope =
  | "key"
  | "member"
  | "group"
  | "group-member"
  | "service-account"
  | "project"
  | "guardrail"
  | "organisation"
  | "model"

/** One limit on money. Several may watch one account. */
export interface SpendLimit {
  /** Whose spending it watches. */
  readonly account: AccountId
  readonly scope: LimitScope
  /** Of what it belongs to, for people. */
  readonly name: string
  readonly nano: number
  readonly window: WindowKind
  /** Whether spending on credentials that somebody brought counts. */
  readonly countsByok: boolean
  /** Why a request is refused that it cannot pay: `spend_limit_reached`, `insufficient_balance`, `guardrail_budget_reached`. */
  readonly code: ErrorCode
}

/** One set of rates, counted under `counter`. */
export interface RateLimit {
  readonly counter: string
  readonly scope: LimitScope
  readonly name: string
  readonly limits: RateLimits
}

/** All that limits somebody. */
export interface Spender {
  /** To whom what is spent is counted: the key first, the organisation last. */
  readonly accounts: readonly AccountId[]
  readonly limits: readonly SpendLimit[]
  readonly rates: readonly RateLimit[]
}
