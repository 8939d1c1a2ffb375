import { usd } from "../ledger/money.ts"

/** A moment as all APIs write it: ISO 8601, UTC. */
export const timeText = (at: number): string => new Date(at).toISOString()

export const timeOrNull = (at: number | undefined): string | null => (at === undefined ? null : timeText(at))

/** USD; null where there is no such limit. */
export const usdOrNull = (nano: number | undefined): number | null => (nano === undefined ? null : usd(nano))
