import type { Limited } from "../../accounts/directory/types.ts"
import type { RateLimits } from "../../accounts/limits/types.ts"
import { isObject, type JsonObject } from "../../contract/index.ts"
import { nanoOfUsd, usd } from "../../ledger/money.ts"
import type { AccountId } from "../../store/account-ids.ts"
import { windowEnd } from "../../store/windows.ts"
import type { HttpServices } from "../services.ts"
import { type FieldTable, oneOf, orNull, type Read, readFields, wrong } from "./fields.ts"

/** As in the file. */
const largestUsd = 4_000_000

export const money: Read<number> = (value, name) => {
  if (typeof value === "number" && value >= 0 && value <= largestUsd) return nanoOfUsd(value)
  throw wrong(name, `an amount in USD from 0 to ${largestUsd}`)
}

export const limitReset = oneOf("daily", "weekly", "monthly", "never")

const rate: Read<number> = (value, name) => {
  if (Number.isSafeInteger(value) && (value as number) >= 1) return value as number
  throw wrong(name, "a whole number, 1 or more")
}

/** Null as `ratesRow` prints it: not limited. */
const rateFields: FieldTable = {
  requests_per_minute: ["requestsPerMinute", orNull(rate)],
  tokens_per_minute: ["tokensPerMinute", orNull(rate)],
  concurrency: ["concurrency", orNull(rate)],
}

export const rates: Read<RateLimits> = (value, name) => {
  if (!isObject(value)) throw wrong(name, "an object with requests_per_minute, tokens_per_minute, concurrency")
  const read = Object.entries(readFields(value as JsonObject, rateFields, `${name}.`))
  return Object.fromEntries(read.filter(([, limit]) => limit !== null)) as RateLimits
}

/** What anything may spend; null takes a limit away. */
export const limitFields: FieldTable = {
  limit: ["limitNano", orNull(money)],
  limit_reset: ["limitReset", limitReset],
  rates: ["rates", orNull(rates)],
}

export const amountOf = (nano: number | undefined): number | null => (nano === undefined ? null : usd(nano))

export const ratesRow = (limits: RateLimits | undefined): JsonObject | null =>
  limits === undefined
    ? null
    : {
        requests_per_minute: limits.requestsPerMinute ?? null,
        tokens_per_minute: limits.tokensPerMinute ?? null,
        concurrency: limits.concurrency ?? null,
      }

/** What an account may spend, has spent, and has left. USD. */
export function limitRow(
  { budgets, pipeline }: HttpServices,
  account: AccountId,
  { limitNano, limitReset, rates }: Limited,
): Record<string, unknown> {
  const now = pipeline.now()
  const { usage, byok, heldNano } = budgets.snapshotOf(account, now)
  const window = limitReset === "never" ? "total" : limitReset
  const end = windowEnd(window, now)
  const remaining = limitNano === undefined ? undefined : Math.max(0, limitNano - usage[window] - heldNano)
  return {
    limit: amountOf(limitNano),
    limit_reset: limitReset,
    limit_remaining: amountOf(remaining),
    limit_resets_at: limitNano === undefined || end === undefined ? null : new Date(end).toISOString(),
    usage: usd(usage.total),
    usage_daily: usd(usage.daily),
    usage_monthly: usd(usage.monthly),
    byok_usage: usd(byok.total),
    rates: ratesRow(rates),
  }
}
