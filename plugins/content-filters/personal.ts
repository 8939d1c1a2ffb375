import { digitsIn, patternDetector } from "./find.ts"

// Every repetition has an end, and what it repeats can be read in one way only, so that no text makes them slow: whoever sends a request
// chooses what they are run on.

/** As people write addresses; the longest that mail servers take have 64 characters before the @. */
export const email = patternDetector("email", "EMAIL", [
  [/(?<![\w.%+-])[\w.%+-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}\.){1,8}[A-Za-z]{2,24}(?![A-Za-z0-9-])/g],
])

const mostGroups = 7

const internationalLength = (found: string): boolean => {
  const digits = digitsIn(found)
  return digits >= 8 && digits <= 15 && found.split(/\D+/).filter((group) => group !== "").length <= mostGroups
}

/**
 * With a country's number; as in North America, where neither part begins with 0 or 1, so that seconds since 1970 are no phone numbers; and
 * with the leading 0 of most other countries.
 */
export const phone = patternDetector("phone", "PHONE", [
  [/(?<![\w.+])(?:\+|00)[1-9](?:[ .\-/]?\(?\d\)?){7,14}(?!\d)/g, internationalLength],
  [/(?<![\w.+-])(?:1[ .-])?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}[ .-]?)[2-9]\d{2}[ .-]?\d{4}(?![\w-]|\.\d)/g],
  [/(?<![\w.+-])0[1-9]\d{1,4}[ /-]\d{3,8}(?:[ -]\d{2,6}){0,3}(?![\w-]|\.\d)/g, internationalLength],
])

/** Of the numbers that were ever given out (ssa.gov): no 000, 666 or 9xx, no 00, no 0000. */
export const ssn = patternDetector("ssn", "SSN", [
  [/(?<![\w-])(?!000|666|9)\d{3}([- ])(?!00)\d{2}\1(?!0000)\d{4}(?![\w-])/g],
])

const part = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)"

/** Eight groups, or fewer with one gap. A gap with nothing on either side of it is an operator of many programming languages. */
function isVersion6(found: string): boolean {
  const halves = found.split("::")
  if (halves.length > 2) return false
  const groups = halves.flatMap((half) => (half === "" ? [] : half.split(":")))
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return false
  if (found === "::1") return true
  return halves.length === 2 ? groups.length >= 2 && groups.length < 8 && /\d/.test(found) : groups.length === 8
}

export const ipAddress = patternDetector("ip-address", "IP_ADDRESS", [
  [new RegExp(`(?<![\\w.])(?:${part}\\.){3}${part}(?!\\w|\\.\\d)`, "g")],
  [/(?<![\w:.])(?=[0-9a-f:]{0,40}:[0-9a-f:]{0,40}:)[0-9a-f:]{3,39}(?![\w:])/gi, isVersion6],
])
