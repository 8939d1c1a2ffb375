const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** `6m0s`, `12s`, `1.5s`, `340ms`, `1h2m` → milliseconds. A bare number is seconds. */
export const durationMs = (text: string): number | undefined => {
  const trimmed = text.trim().toLowerCase()
  if (/^\d+(\.\d+)?$/.test(trimmed)) return Math.ceil(Number(trimmed) * 1000)
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(trimmed)) return undefined
  let total = 0
  for (const [, amount, unit] of trimmed.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g))
    total += Number(amount) * (unitMs[unit ?? ""] ?? 0)
  return Math.ceil(total)
}

/** Dates count from the reply's own `Date` header, so that neither side's clock has to be right. */
const untilMs = (atMs: number, headers: Headers): number | undefined => {
  const now = Date.parse(headers.get("date") ?? "")
  return Number.isNaN(atMs) || Number.isNaN(now) ? undefined : Math.max(0, atMs - now)
}

/** A reset header: a duration, seconds, a Unix time in seconds or milliseconds, or an RFC 3339 date. */
const resetMs = (value: string, headers: Headers): number | undefined => {
  const text = value.trim()
  if (/^\d{13}$/.test(text)) return untilMs(Number(text), headers)
  if (/^\d{10}$/.test(text)) return untilMs(Number(text) * 1000, headers)
  return durationMs(text) ?? untilMs(Date.parse(text), headers)
}

const windows = ["", "-requests", "-tokens", "-input-tokens", "-output-tokens"] as const

/** The latest reset among the windows that are used up; where none says so, the earliest of all. */
const fromWindows = (headers: Headers): number | undefined => {
  const usedUp: number[] = []
  const all: number[] = []
  for (const window of windows) {
    // OpenAI and clones: x-ratelimit-reset-requests. Anthropic: anthropic-ratelimit-requests-reset.
    const families = [
      [`x-ratelimit-reset${window}`, `x-ratelimit-remaining${window}`],
      [`anthropic-ratelimit${window}-reset`, `anthropic-ratelimit${window}-remaining`],
    ] as const
    for (const [resetName, remainingName] of families) {
      const reset = headers.get(resetName)
      const wait = reset === null ? undefined : resetMs(reset, headers)
      if (wait === undefined) continue
      all.push(wait)
      if (headers.get(remainingName)?.trim() === "0") usedUp.push(wait)
    }
  }
  if (usedUp.length > 0) return Math.max(...usedUp)
  return all.length > 0 ? Math.min(...all) : undefined
}

const sentence =
  /(?:try again|retry|wait)(?: again)?(?: in| after| for)?:? (?:about )?(\d+(?:\.\d+)?) ?(ms|milliseconds?|s|sec(?:ond)?s?|m|min(?:ute)?s?|h|hours?)?\b/i
const compound = /(?:try again|retry) (?:in|after) ((?:\d+(?:\.\d+)?(?:ms|s|m|h))+)/i

const fromWords = (message: string): number | undefined => {
  const exact = compound.exec(message)
  if (exact?.[1]) return durationMs(exact[1])
  const match = sentence.exec(message)
  if (!match?.[1]) return undefined
  const unit = (match[2] ?? "s").toLowerCase()
  const factor = unit.startsWith("ms") || unit.startsWith("milli") ? "ms" : unit.charAt(0)
  return Math.ceil(Number(match[1]) * (unitMs[factor] ?? 1000))
}

/**
 * How long the upstream asks to wait, milliseconds: `retry-after-ms`, `retry-after` (seconds or date), Google's
 * RetryInfo, the reset of a used-up window, or "try again in 3s" in its words.
 */
export const retryAfterMs = (headers: Headers, message: string, retryDelay?: string): number | undefined => {
  const exact = headers.get("retry-after-ms")
  if (exact !== null && /^\d+(\.\d+)?$/.test(exact.trim())) return Math.ceil(Number(exact))
  const after = headers.get("retry-after")
  if (after !== null) {
    const wait = durationMs(after) ?? untilMs(Date.parse(after), headers)
    if (wait !== undefined) return wait
  }
  return (retryDelay === undefined ? undefined : durationMs(retryDelay)) ?? fromWords(message) ?? fromWindows(headers)
}
