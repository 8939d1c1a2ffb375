import { type ErrorCode, type Generation, inputTokens, outputTokens } from "../contract/index.ts"
import type { Counter, Family, Histogram, Metrics } from "../telemetry/metrics.ts"
import type { RequestMetrics } from "./services.ts"

/** Seconds; from a local model's first token to a reasoning model's long answer. */
const durations = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600]
const overheads = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25]

/** The series of one model at one provider, looked up once. */
interface Series {
  readonly inputTokens: Counter
  readonly cachedTokens: Counter
  readonly outputTokens: Counter
  readonly reasoningTokens: Counter
  readonly costUsd: Counter
  readonly duration: Histogram
  readonly firstPart: Histogram
  /** What nearly every request is: answered, by the first upstream that was asked. */
  readonly answered: Readonly<Record<Generation["face"], Counter>>
  readonly attemptOk: Counter
}

/** What is counted of every request. A finished request costs one map look-up and some additions. */
export function createRequestMetrics(metrics: Metrics): RequestMetrics {
  const labels = ["provider", "model"]
  const requests = metrics.counter({
    name: "signalbox_requests_total",
    help: "Finished requests.",
    labels: ["face", ...labels, "status"],
  })
  const tokens = metrics.counter({
    name: "signalbox_tokens_total",
    help: "Tokens; cached and reasoning are parts of input and output.",
    labels: [...labels, "kind"],
  })
  const cost = metrics.counter({ name: "signalbox_cost_usd_total", help: "Cost in USD.", labels })
  const duration = metrics.histogram({
    name: "signalbox_request_seconds",
    help: "Whole requests.",
    labels,
    bounds: durations,
  })
  const firstPart = metrics.histogram({
    name: "signalbox_first_part_seconds",
    help: "To the first part of the answer.",
    labels,
    bounds: durations,
  })
  const overhead = metrics
    .histogram({
      name: "signalbox_overhead_seconds",
      help: "Time a request spent in the gateway itself.",
      bounds: overheads,
    })
    .with()
  const cuts = metrics
    .counter({ name: "signalbox_budget_cuts_total", help: "Answers that ended where nobody paid for the rest." })
    .with()
  const attempts = metrics.counter({
    name: "signalbox_attempts_total",
    help: "Tries at upstreams.",
    labels: ["provider", "outcome"],
  })
  const refusals = metrics.counter({
    name: "signalbox_refused_total",
    help: "Refused before anything was done.",
    labels: ["code"],
  })
  const unpriced = metrics.counter({
    name: "signalbox_unpriced_total",
    help: "Answers without a known price, billed as 0.",
    labels,
  })
  const recalls = metrics.counter({
    name: "signalbox_cache_requests_total",
    help: "Requests that were looked for in memory: by the cache that had the answer; without one, those that nobody had.",
    labels: ["cache"],
  })
  const saved = metrics.counter({
    name: "signalbox_cache_saved_usd_total",
    help: "What remembered answers would have cost again, USD.",
    labels: ["cache"],
  })
  const known = new Map<string, Series>()
  const make = (provider: string, model: string): Series => ({
    inputTokens: tokens.with(provider, model, "input"),
    cachedTokens: tokens.with(provider, model, "cached"),
    outputTokens: tokens.with(provider, model, "output"),
    reasoningTokens: tokens.with(provider, model, "reasoning"),
    costUsd: cost.with(provider, model),
    duration: duration.with(provider, model),
    firstPart: firstPart.with(provider, model),
    answered: {
      openrouter: requests.with("openrouter", provider, model, "200"),
      requesty: requests.with("requesty", provider, model, "200"),
    },
    attemptOk: attempts.with(provider, "ok"),
  })
  return {
    finished(generation, overheadMs) {
      const { provider, model, usage, costNano, face, status } = generation
      overhead.observe(overheadMs / 1000)
      // Refused or failed everywhere: the model's name is whatever the client wrote, and must not make series.
      if (provider === "") {
        requests.with(face, "", "", String(status)).add(1)
        countAttempts(attempts, generation)
        return
      }
      const series = remembered(known, `${provider}\u0000${model}`, () => make(provider, model))
      if (status === 200) series.answered[face].add(1)
      else requests.with(face, provider, model, String(status)).add(1)
      if (generation.attempts.length === 1 && generation.attempts[0]!.outcome === "ok") series.attemptOk.add(1)
      else countAttempts(attempts, generation)
      series.inputTokens.add(inputTokens(usage))
      series.outputTokens.add(outputTokens(usage))
      series.cachedTokens.add(usage.input.cacheRead)
      series.reasoningTokens.add(usage.output.reasoning)
      series.costUsd.add(costNano / 1e9)
      series.duration.observe(generation.durationMs / 1000)
      if (generation.firstPartMs !== undefined) series.firstPart.observe(generation.firstPartMs / 1000)
      if (generation.priceSource === "none") unpriced.with(provider, model).add(1)
      if (generation.errorCode !== undefined && isCut(generation)) cuts.add(1)
      if (generation.cache) {
        recalls.with(generation.cache.cache).add(1)
        saved.with(generation.cache.cache).add(generation.cache.savedNano / 1e9)
      }
    },
    missed: () => recalls.with("").add(1),
    refused: (code: ErrorCode) => refusals.with(code).add(1),
  }
}

const isCut = ({ losses }: Generation): boolean => losses.some(({ code }) => code === "budget_cut")

function countAttempts(attempts: Family<Counter>, { attempts: made }: Generation): void {
  for (const { provider, outcome } of made) attempts.with(provider, outcome).add(1)
}

/** Names of open providers come from clients: beyond this many the table starts anew; the series themselves are bounded by their family. */
const rememberedSeries = 5000

function remembered(known: Map<string, Series>, key: string, make: () => Series): Series {
  const found = known.get(key)
  if (found) return found
  if (known.size >= rememberedSeries) known.clear()
  const series = make()
  known.set(key, series)
  return series
}
