import type { Generation } from "../../contract/generation.ts"
import { inputTokens, outputTokens } from "../../contract/usage.ts"
import type { LedgerEntry } from "../executor.ts"
import { apart, between } from "./between.ts"
import { binOf, firstPartBins } from "./bins.ts"
import { tagsOf } from "./tags.ts"

/** By what sums are told apart, in the order in which they stand in `UsageEntry.names`. Stored, so only ever added to at the end. */
export const seriesFields = [
  "key",
  "member",
  "group",
  "serviceAccount",
  "project",
  "requestedModel",
  "model",
  "provider",
  "api",
  "byok",
  "app",
  "tags",
] as const
export type SeriesField = (typeof seriesFields)[number]

/**
 * What one request, or several of one hour that have the same names, add to the sums: the first millisecond of the hour, the values of
 * `seriesFields` with `between` between them (empty: none), the sums in the order of `usageMeasures`, and pairs of a bin and how many fell into
 * it. Stored as JSON until it is added up.
 */
export type UsageEntry = [hour: number, names: string, sums: number[], bins: number[]]

const hourMs = 3_600_000
export const hourStart = (at: number): number => Math.floor(at / hourMs) * hourMs

/** Clients write it; one that is longer is no name. */
const longestText = 200

const meaning = /[\t\0]/

/**
 * Without what has a meaning here, whatever a client put into it, and without what the database does not give back as it got it: a zero unit
 * ends its texts, half a character becomes another one, and a name that is not found again would be written down a second time, which it
 * refuses for ever.
 */
const line = (text: string): string => {
  const short = text.length > longestText ? text.slice(0, longestText) : text
  // Nearly nobody sends such a thing, and the search is quicker than the replacement.
  return apart(meaning.test(short) ? short.replaceAll(/[\t\0]/g, " ") : short).toWellFormed()
}

/** Origin and title, where it says one of them. */
export const appOf = ({ origin, originTitle }: Pick<Generation, "origin" | "originTitle">): string =>
  origin === undefined && originTitle === undefined ? "" : `${line(origin ?? "")}\t${line(originTitle ?? "")}`

/** USD per million tokens in nano-dollars per token. */
const nanoPerToken = 1_000

/** By the base prices: of an answer above a tier's input size it is a little too little. */
function promptCacheSaved({ usage: { input }, price }: Generation): number {
  if (price === undefined || input.cacheRead + input.cacheWrite + input.cacheWrite1h === 0) return 0
  const write = price.cacheWrite ?? price.input
  const saved =
    input.cacheRead * (price.input - (price.cacheRead ?? price.input)) -
    input.cacheWrite * (write - price.input) -
    input.cacheWrite1h * ((price.cacheWrite1h ?? write) - price.input)
  return Math.round(saved * nanoPerToken)
}

/** Runs once for each request, on its thread. */
export function usageEntry({ settledAt, generation }: LedgerEntry): UsageEntry {
  const { owner, usage, cache, costNano, durationMs, firstPartMs } = generation
  const byok = generation.byok === true
  const failed = generation.status >= 400
  const isTimed = !failed && !generation.cancelled && cache === undefined
  const hasBegun = firstPartMs !== undefined && cache === undefined
  const bins: number[] = []
  if (isTimed) bins.push(binOf(durationMs), 1)
  if (hasBegun) bins.push(firstPartBins + binOf(firstPartMs), 1)
  return [
    hourStart(settledAt),
    `${generation.keyId}${between}${owner?.member ?? ""}${between}${owner?.group ?? ""}${between}${owner?.serviceAccount ?? ""}${between}${owner?.project ?? ""}${between}${line(generation.requestedModel)}${between}${line(generation.model)}${between}${generation.provider}${between}${generation.api}${between}${byok ? "1" : ""}${between}${appOf(generation)}${between}${tagsOf(generation)}`,
    [
      1,
      failed ? 1 : 0,
      generation.cancelled ? 1 : 0,
      inputTokens(usage),
      usage.input.cacheRead,
      usage.input.cacheWrite + usage.input.cacheWrite1h,
      outputTokens(usage),
      usage.output.reasoning,
      costNano,
      byok ? costNano : 0,
      byok ? 1 : 0,
      cache === undefined ? 0 : 1,
      cache?.savedNano ?? 0,
      promptCacheSaved(generation),
      isTimed ? 1 : 0,
      isTimed ? Math.round(durationMs) : 0,
      hasBegun ? 1 : 0,
      hasBegun ? Math.round(firstPartMs) : 0,
    ],
    bins,
  ]
}
