import { UsageError } from "../io.ts"

const unitMs: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 }

/** `90m`, `24h`, `7d` in milliseconds. */
export function spanOf(text: string): number {
  const [, count, unit] = /^(\d+)([mhd])$/.exec(text.trim()) ?? []
  const span = Number(count) * (unitMs[unit ?? ""] ?? Number.NaN)
  if (!(span > 0) || !Number.isSafeInteger(span))
    throw new UsageError(`--last must be a number with m, h or d, like 90m, 24h or 7d, not ${JSON.stringify(text)}`)
  return span
}
