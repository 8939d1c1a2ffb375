import type { RateLimits } from "../../accounts/limits/types.ts"
import { largestUsd } from "../../config/schema/governance.ts"
import { isObject, type JsonObject } from "../../contract/index.ts"
import { nanoOfUsd } from "../../ledger/money.ts"
import { type FieldTable, oneOf, orNull, type Read, readFields, wrong } from "./fields.ts"

export const money: Read<number> = (value, name) => {
  if (typeof value === "number" && value >= 0 && value <= largestUsd) return nanoOfUsd(value)
  throw wrong(name, `an amount in USD from 0 to ${largestUsd}`)
}

export const moneyAboveZero: Read<number> = (value, name) => {
  const nano = typeof value === "number" && value <= largestUsd ? nanoOfUsd(Math.max(0, value)) : 0
  if (nano > 0) return nano
  throw wrong(name, `an amount in USD above 0, ${largestUsd} at most`)
}

export const limitReset = oneOf("daily", "weekly", "monthly", "never")

const rate: Read<number> = (value, name) => {
  if (Number.isSafeInteger(value) && (value as number) >= 1) return value as number
  throw wrong(name, "a whole number, 1 or more")
}

/** Null as rates are shown: not limited. */
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
