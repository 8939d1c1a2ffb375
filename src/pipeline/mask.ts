import type { Finding } from "../contract/index.ts"

const bracketed = (label: string): string => `<${label.toUpperCase()}>`

/** Overlapping findings become one mask, named after the first. */
export function mask(text: string, findings: readonly Finding[], written = bracketed): string {
  if (findings.length === 0) return text
  const ordered = [...findings].sort((left, right) => left.start - right.start || right.end - left.end)
  let out = ""
  let at = 0
  for (const { start: given, end, label } of ordered) {
    const start = Math.max(0, given)
    if (end <= at) continue
    if (start >= at) out += `${text.slice(at, start)}${written(label)}`
    at = end
  }
  return out + text.slice(at)
}
