import { type AbilityName, emptyUsage, type Price, type Usage } from "../../contract/index.ts"
import { charactersPerToken } from "../../ledger/estimate.ts"
import { costNano } from "../../ledger/money.ts"
import type { RequestOf, Work } from "./work.ts"

/** Tokens of a picture at the highest quality and the largest size (OpenAI, gpt-image: 6,240 for 1024x1536 at high). */
const imageTokens = 6_240
/** Of speech: OpenAI's voices take some 1.3 audio tokens a character, and some fifteen characters are a second. */
const audioTokensPerCharacter = 1.3
/** Of uploaded audio: a compressed second is 4 kB at the lowest rate in use. */
const bytesPerSecond = 4_000
/** Of a second of audio, as OpenAI and Google count it at most. */
const tokensPerSecond = 32
/** How fast people speak. */
const textTokensPerSecond = 5

const tokensOf = (characters: number): number => Math.ceil(characters / charactersPerToken)

type Expectations = { readonly [Name in AbilityName]: (request: RequestOf<Name>, inputTokens: number) => Usage }

const fresh = (tokens: number): Usage["input"] => ({ ...emptyUsage.input, fresh: tokens })

/** What a call may use: held before it is made, billed where the upstream reports nothing. */
const expectations: Expectations = {
  embeddings: ({ input }, inputTokens) => {
    const counted = input.reduce((sum, item) => sum + (item.type === "tokens" ? item.tokens.length : 0), 0)
    return { ...emptyUsage, input: fresh(Math.max(counted, inputTokens)) }
  },
  rerank: ({ documents }, inputTokens) => ({
    ...emptyUsage,
    input: fresh(inputTokens),
    // Cohere: a search unit is one query with up to a hundred documents.
    counters: { searches: Math.max(1, Math.ceil(documents.length / 100)) },
  }),
  images: ({ count, images }, inputTokens) => ({
    input: { ...fresh(inputTokens), image: images.length * imageTokens },
    output: { ...emptyUsage.output, image: count * imageTokens },
    counters: { images: count },
  }),
  speech: ({ input }) => ({
    input: fresh(tokensOf(input.length)),
    output: { ...emptyUsage.output, audio: Math.ceil(input.length * audioTokensPerCharacter) },
    counters: { characters: input.length },
  }),
  transcription: ({ file }) => {
    const seconds = Math.max(1, Math.ceil(file.bytes.byteLength / bytesPerSecond))
    return {
      input: { ...emptyUsage.input, audio: seconds * tokensPerSecond },
      output: { ...emptyUsage.output, text: seconds * textTokensPerSecond },
      counters: { seconds },
    }
  },
  // Vendors count for nothing.
  countTokens: () => emptyUsage,
}

export const expectedUsage = <Name extends AbilityName>(
  { ability, request }: Work<Name>,
  inputTokens: number,
): Usage => ({
  ...expectations[ability](request, inputTokens),
  estimated: true,
})

/**
 * What an upstream counted, with what was expected of whatever has a price and that it did not count: a search or a second that nobody
 * reports is no free one, nor is speech whose tokens have the price and come without a word on them.
 */
export function withWhatIsPriced(used: Usage, expected: Usage, price: Price | undefined): Usage {
  if (!price) return used
  const isUncounted = used.reportedCostUsd === undefined && costNano(used, price) === 0 && costNano(expected, price) > 0
  if (isUncounted) return { ...expected, counters: { ...expected.counters, ...used.counters } }
  const missing = Object.entries(expected.counters ?? {}).filter(
    ([counter]) => price.perUnit?.[counter] !== undefined && used.counters?.[counter] === undefined,
  )
  if (missing.length === 0) return used
  return { ...used, counters: { ...used.counters, ...Object.fromEntries(missing) }, estimated: true }
}
