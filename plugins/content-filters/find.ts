import type { Detector, Finding } from "signalbox/plugin"

/** Everything that a pattern finds and a check lets pass. The pattern needs the flag `g`. */
export function* matches(
  text: string,
  pattern: RegExp,
  label: string,
  isOne: (found: string) => boolean = () => true,
): Generator<Finding> {
  for (const { 0: found, index } of text.matchAll(pattern))
    if (isOne(found)) yield { start: index, end: index + found.length, label }
}

/** A detector of what patterns alone can tell. */
export const patternDetector = (
  name: string,
  label: string,
  patterns: readonly (readonly [RegExp, ((found: string) => boolean)?])[],
): Detector => ({
  name,
  label: `[${label}]`,
  detect: (text) => patterns.flatMap(([pattern, isOne]) => [...matches(text, pattern, name, isOne)]),
})

export const digitsIn = (text: string): number => text.replace(/\D/g, "").length
