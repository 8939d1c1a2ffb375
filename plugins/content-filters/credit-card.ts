import type { Detector, Finding } from "signalbox/plugin"

/** Digits with at most one space or dash between two of them, enough for a card. */
const runs = /(?<!\d)\d(?:[ -]?\d){12,}(?!\d)/g
const shortest = 13
const longest = 19

/** Numbers of cards by their first digit, their length and their check digit (ISO/IEC 7812), wherever in a row of numbers they begin. */
export const creditCard: Detector = {
  name: "credit-card",
  label: "[CREDIT_CARD]",
  detect: (text) => [...text.matchAll(runs)].flatMap(({ 0: run, index }) => [...cardsIn(run, index)]),
}

function* cardsIn(run: string, offset: number): Generator<Finding> {
  const digits: { readonly value: number; readonly at: number }[] = []
  for (let at = 0; at < run.length; at += 1) {
    const value = run.charCodeAt(at) - 48
    if (value >= 0 && value <= 9) digits.push({ value, at })
  }
  const isEdge = (place: number): boolean =>
    place === 0 || place === digits.length || digits[place]!.at > digits[place - 1]!.at + 1
  for (let first = 0; first + shortest <= digits.length; first += 1) {
    const { value } = digits[first]!
    if (value < 2 || value > 6 || !isEdge(first)) continue
    for (let count = Math.min(longest, digits.length - first); count >= shortest; count -= 1) {
      if (!isEdge(first + count) || !hasCheckDigit(digits.slice(first, first + count))) continue
      const last = digits[first + count - 1]!
      yield { start: offset + digits[first]!.at, end: offset + last.at + 1, label: "credit-card" }
      first += count - 1
      break
    }
  }
}

/** Luhn's sum. */
function hasCheckDigit(digits: readonly { readonly value: number }[]): boolean {
  let sum = 0
  for (const [place, { value }] of digits.toReversed().entries()) {
    const doubled = place % 2 === 1 ? value * 2 : value
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  return sum % 10 === 0
}
