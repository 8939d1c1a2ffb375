import type { Detector, Finding } from "signalbox/plugin"
import { apart, encoded, lowered, spacedLetters, unshuffled } from "./disguises.ts"
import { patterns } from "./families.ts"

const label = "prompt-injection"

/** Sentences that mean to talk a model out of its instructions, plain, with shuffled letters, spaced out, or encoded. */
export const injection: Detector = {
  name: "regex-prompt-injection",
  label: "[PROMPT_INJECTION]",
  detect(text, _, { allowlist = [] } = {}) {
    const found = [...plain(unshuffled(text))]
    for (const { start, end, meant } of [...spacedLetters(text), ...encoded(text)]) {
      const [first] = [...plain(unshuffled(meant)), ...plain(apart(unshuffled(meant)))]
      if (first) found.push({ start, end, label, ...(first.reason ? { reason: first.reason } : {}) })
    }
    return allowlist.length === 0 || found.length === 0 ? found : withoutAllowed(found, text, allowlist)
  },
}

function* plain(text: string): Generator<Finding> {
  for (const [family, pattern] of patterns)
    for (const { 0: match, index } of text.matchAll(pattern))
      yield { start: index, end: index + match.length, label, reason: family }
}

/** What stands inside of a phrase that is allowed is none. */
function withoutAllowed(found: readonly Finding[], text: string, allowlist: readonly string[]): readonly Finding[] {
  const lower = lowered(text)
  const allowed: { readonly start: number; readonly end: number }[] = []
  for (const phrase of allowlist) {
    const wanted = lowered(phrase.trim())
    if (wanted === "") continue
    for (let at = lower.indexOf(wanted); at >= 0; at = lower.indexOf(wanted, at + wanted.length))
      allowed.push({ start: at, end: at + wanted.length })
  }
  allowed.sort((one, other) => one.start - other.start)
  // In order, so that a text in which both stand a hundred thousand times is read once.
  let next = 0
  let allowedUntil = -1
  return found
    .toSorted((one, other) => one.start - other.start)
    .filter(({ start, end }) => {
      for (; next < allowed.length && allowed[next]!.start <= start; next += 1)
        allowedUntil = Math.max(allowedUntil, allowed[next]!.end)
      return end > allowedUntil
    })
}
