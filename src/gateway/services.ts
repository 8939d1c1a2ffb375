import type { Accounts } from "../accounts/open-accounts.ts"
import type { Brought } from "../catalog/brought.ts"
import type { Health } from "../catalog/health/health.ts"
import type { GatewayEvent } from "../contract/index.ts"
import type { EgressLimits, GuardedFetch } from "../egress/guarded-fetch.ts"
import type { Facts } from "../facts/facts.ts"
import { createEstimatorState, estimateTokens, learn, measureText } from "../ledger/estimate.ts"
import type { Prices } from "../ledger/prices.ts"
import type { Deadlines } from "../pipeline/attempt/deadlines.ts"
import { Burn } from "../pipeline/burn.ts"
import { createPdfReader } from "../pipeline/media/pdf.ts"
import { createRequestMetrics } from "../pipeline/metrics.ts"
import type { Measured, Services, Snapshot } from "../pipeline/services.ts"
import { SignatureOrigins } from "../pipeline/signatures.ts"
import { StickyMap } from "../pipeline/sticky/memory.ts"
import type { RootLogger } from "../telemetry/logger.ts"
import type { Metrics } from "../telemetry/metrics.ts"
import { randomToken } from "./random.ts"
import type { openRecords } from "./records.ts"
import { logRequest } from "./request-log.ts"

export interface ServiceParts {
  readonly snapshot: () => Snapshot
  readonly accounts: Accounts
  readonly records: ReturnType<typeof openRecords>
  readonly prices: Prices
  readonly facts: Facts
  readonly health: Health
  readonly brought: Brought
  readonly deadlines: Deadlines
  readonly metrics: Metrics
  readonly log: RootLogger
  readonly publish: (event: GatewayEvent) => void
  readonly onSpent: Services["onSpent"]
  readonly now: () => number
}

/** As Requesty's (docs.requesty.ai, PDF support): what follows is left out, and said to be. */
const mostPages = 100

/** Made with the first file that a caller names: the runtime's network and stream modules are 3 MB and 8 ms of every start. */
function guardedFetch(limits: () => EgressLimits): GuardedFetch {
  const make = async (): Promise<GuardedFetch> => {
    const [{ createGuardedFetch }, { lookup }] = await Promise.all([
      import("../egress/guarded-fetch.ts"),
      import("node:dns/promises"),
    ])
    const resolve = async (host: string) => (await lookup(host, { all: true })).map(({ address }) => address)
    return createGuardedFetch({ fetch, resolve, limits })
  }
  let made: Promise<GuardedFetch> | undefined
  return async (url, param, signal) => {
    made ??= make()
    return (await made)(url, param, signal)
  }
}

/** The rooms as the pipeline wants them. */
export function pipelineServices(parts: ServiceParts): Services {
  const estimator = createEstimatorState()
  const sizeOf = (exchange: Measured) => (exchange.size ??= measureText(exchange.inbound.body))
  return {
    snapshot: parts.snapshot,
    budgets: parts.accounts.budgets,
    rates: parts.accounts.rates,
    standings: parts.accounts.standings,
    health: parts.health,
    brought: parts.brought,
    deadlines: parts.deadlines,
    metrics: createRequestMetrics(parts.metrics),
    burn: new Burn(parts.metrics, parts.log),
    signatures: new SignatureOrigins(),
    flights: new Map(),
    sticky: new StickyMap(),
    log: parts.log,
    fetch,
    fetchFile: guardedFetch(() => parts.snapshot().config.egress),
    readPdf: createPdfReader({ pages: mostPages, milliseconds: () => parts.snapshot().config.egress.milliseconds }),
    now: parts.now,
    random: Math.random,
    newToken: () => randomToken(24),
    facts: parts.facts,
    bodies: parts.records.bodies,
    onSpent: parts.onSpent,
    priceOf: (offer) => parts.prices.of(offer, offer.live.definition),
    estimateInput: (exchange, offerKey) => estimateTokens(estimator, offerKey, sizeOf(exchange)),
    learnInput: (exchange, offerKey, tokens) => learn(estimator, offerKey, sizeOf(exchange), tokens),
    record(generation, settledAt) {
      parts.publish({ type: "generation-finished", at: settledAt, generation })
      logRequest(parts.log, generation)
      parts.records.log.noted()
      return parts.records.generations.record(generation, settledAt)
    },
  }
}
