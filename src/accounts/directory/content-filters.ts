import { GatewayError } from "../../contract/index.ts"
import { compile } from "../../expressions/compile.ts"
import { BadExpression } from "../../expressions/parse.ts"
import { invalid, type Patch } from "./change.ts"
import type { Guardrail } from "./types.ts"

/** Of all patterns of a guardrail together (openrouter.ai/docs, guardrails). */
const mostPatternCharacters = 100_000
const mostPhrases = 200
const longestPhrase = 1000

/** OpenRouter finds these with a model of language. */
const ofLanguage: ReadonlySet<string> = new Set(["person-name", "address"])

/** Throws `invalid_regex_pattern` for patterns that nothing may be searched with, `invalid_request` for detectors that are not here. */
export function checkFilters(
  { contentFilters, contentFilterBuiltins }: Pick<Patch<Guardrail>, "contentFilters" | "contentFilterBuiltins">,
  detectors: ReadonlyMap<string, unknown>,
): void {
  const characters = (contentFilters ?? []).reduce((sum, { pattern }) => sum + pattern.length, 0)
  if (characters > mostPatternCharacters)
    throw badPattern(
      "content_filters",
      `The patterns have ${characters} characters; ${mostPatternCharacters} are allowed.`,
    )
  for (const [index, { pattern }] of (contentFilters ?? []).entries()) {
    try {
      compile(pattern)
    } catch (thrown) {
      if (!(thrown instanceof BadExpression)) throw thrown
      throw badPattern(`content_filters[${index}].pattern`, thrown.message)
    }
  }
  for (const [index, { slug, allowlist = [] }] of (contentFilterBuiltins ?? []).entries()) {
    const place = `content_filter_builtins[${index}]`
    if (!detectors.has(slug)) throw invalid(`${place}.slug`, unknownDetector(slug, detectors))
    if (allowlist.length > mostPhrases)
      throw invalid(`${place}.allowlist`, `The allowlist has ${allowlist.length} phrases; ${mostPhrases} are allowed.`)
    const long = allowlist.findIndex((phrase) => phrase.length > longestPhrase)
    if (long >= 0) throw invalid(`${place}.allowlist[${long}]`, `A phrase may have ${longestPhrase} characters.`)
  }
}

const badPattern = (param: string, message: string): GatewayError =>
  new GatewayError("invalid_regex_pattern", `invalid_regex_pattern: ${param}: ${message}`, { param })

function unknownDetector(slug: string, detectors: ReadonlyMap<string, unknown>): string {
  const known = [...detectors.keys()].join(", ")
  return ofLanguage.has(slug)
    ? `"${slug}" needs a plugin with a detector that understands language, and none is installed. Without one there are ${known}.`
    : `There is no content filter "${slug.slice(0, 100)}". There are ${known}.`
}
