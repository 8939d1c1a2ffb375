import type { UsageQuery, UsageRow } from "../../store/usage/usage-types.ts"

export {
  plainDimensions,
  type UsageCondition,
  type UsageDimension,
  type UsageKind,
  type UsageMeasure,
  type UsageQuery,
  type UsageRow,
  type UsageValue,
  usageKinds,
  usageMeasures,
} from "../../store/usage/usage-types.ts"

/** Whose usage may be seen, beside what the question filters by. */
export interface UsageScope {
  /** Only what was used as this member. */
  readonly memberId?: string
  /** Only what was used with this key. */
  readonly keyId?: string
}

/** An app that has called: what it says of itself in `HTTP-Referer` and `X-Title`. */
export interface UsageApp {
  readonly id: number
  readonly origin: string | null
  readonly title: string | null
}

/** What was used. Every answer is put together beside the requests' thread, and has everything that was settled before it was asked. */
export interface Usage {
  /** Ordered by time, then by cost, dearest first. Throws GatewayError `invalid_request` where the answer would be too large. */
  query(query: UsageQuery, scope?: UsageScope): Promise<readonly UsageRow[]>
  /** The same a piece of time after the other, so that an export begins at once and takes no memory; needs a resolution. */
  stream(query: UsageQuery, scope?: UsageScope): AsyncGenerator<readonly UsageRow[]>
  /** What the current month will have cost at its end, nano-dollars. */
  projectMonth(filter: UsageQuery["filter"], scope?: UsageScope): Promise<MonthProjection>
  /** The apps behind the values of the dimension `app`. */
  apps(): Promise<readonly UsageApp[]>
  /** Names of tags that requests had, without `extra.`. */
  tags(): Promise<readonly string[]>
}

export interface MonthProjection {
  /** First and last moment of the month, milliseconds UTC; the last one is the first of the next. */
  readonly from: number
  readonly to: number
  /** So far. */
  readonly spentNano: number
  /** What was spent, and for the rest of the month as much an hour as in the last seven days. */
  readonly projectedNano: number
}
