import routing from "../../plugins/routing/index.ts"
import type { Principal } from "../../src/accounts/principal.ts"
import { Catalog } from "../../src/catalog/catalog.ts"
import { unknownHealth } from "../../src/catalog/health/health.ts"
import type { OfferHealth } from "../../src/catalog/health/types.ts"
import { type LiveOffer, makeOffer } from "../../src/catalog/offers.ts"
import type { LiveProvider } from "../../src/catalog/provider.ts"
import type { Config, KeyRouting, RegionDoor } from "../../src/config/config.ts"
import type { ClientDialect, OfferSeed, Plugin, Profile, Strategy } from "../../src/contract/index.ts"
import { nothingDeclared } from "../../src/declarations/declared.ts"
import { chatCompletions, chatCompletionsClient } from "../../src/dialects/chat-completions/index.ts"
import { requestyFace } from "../../src/dialects/faces/index.ts"
import { charactersPerToken } from "../../src/ledger/estimate.ts"
import { Exchange } from "../../src/pipeline/exchange.ts"
import { readFields } from "../../src/pipeline/fields.ts"
import { plan } from "../../src/pipeline/plan/plan.ts"
import type { Plan } from "../../src/pipeline/plan/types.ts"
import type { Services, Snapshot, Standing } from "../../src/pipeline/services.ts"
import { configOf } from "./config.ts"
import { plainStandings } from "./standing.ts"

export const healthy = unknownHealth

export const percentiles = (value: number) => ({ p50: value, p75: value, p90: value, p99: value })

/** What is said of a provider in a test; the rest is as usual. */
export interface GivenProvider extends Partial<Pick<LiveProvider, "region" | "zdr" | "dataCollection" | "open">> {
  readonly definition?: string
  readonly name?: string
  readonly profile?: Profile
}

const timeouts = { connectMs: 0, firstPartMs: 0, idleMs: 0, totalMs: 0 }

/** A provider that speaks chat completions, and nobody calls. */
export function providerOf(id: string, given: GivenProvider = {}): LiveProvider {
  const { profile = {}, definition = id, name = id, ...more } = given
  return {
    id,
    name,
    definition,
    identity: id,
    timeouts,
    region: undefined,
    zdr: undefined,
    dataCollection: undefined,
    open: false,
    ...more,
    provider: {
      wire: {
        dialect: chatCompletions,
        profile: () => profile,
        endpoint: () => ({ url: "http://[::1]:1", headers: {} }),
      },
    },
  }
}

export const offerOf = (id: string, seed: Partial<OfferSeed> = {}, given: GivenProvider = {}): LiveOffer =>
  makeOffer(providerOf(id, given), { model: "test/model", upstream: "model", ...seed })

/** The strategies that the gateway brings along, by name. */
export async function strategiesOf(plugin: Plugin = routing): Promise<ReadonlyMap<string, Strategy>> {
  const { strategies = [] } = await plugin.setup({}, {} as never)
  return new Map(strategies.map((strategy) => [strategy.name, strategy]))
}

export interface Surroundings {
  /** What holds for the key beside what holds for one that is nobody's. */
  readonly standing?: Partial<Standing>
  readonly offers: readonly LiveOffer[]
  /** Over the defaults. */
  readonly config?: Partial<Config>
  readonly key?: KeyRouting
  readonly door?: RegionDoor
  readonly health?: Readonly<Record<string, Partial<OfferHealth>>>
  readonly now?: number
  readonly random?: () => number
  readonly strategies?: ReadonlyMap<string, Strategy>
  readonly client?: ClientDialect
  readonly headers?: Readonly<Record<string, string>>
  /** Made once for many requests; otherwise one of `offers` alone. */
  readonly snapshot?: Snapshot
  /** In place of `health`. */
  readonly view?: (key: string, now: number) => OfferHealth
}

const defaults = await configOf(undefined)
const builtIn = await strategiesOf()

/** What requests hold from their start to their end. */
export function snapshotOf({ offers, strategies = builtIn, ...around }: Surroundings): Snapshot {
  const config = { ...defaults, ...around.config }
  const providers = [...new Map(offers.map(({ live }) => [live.id, live])).values()]
  const { aliases, policies } = config
  return {
    version: 1,
    config,
    declared: nothingDeclared,
    catalog: new Catalog({ providers, offers, aliases, policies }),
    roster: { strategies, searches: [], acquire: () => () => {} } as unknown as Snapshot["roster"],
    defaultModel: "test/model",
  }
}

/** A request that has got as far as its plan. What a plan does not ask for is not there. */
export function exchangeOf(body: Readonly<Record<string, unknown>>, around: Surroundings): Exchange {
  const { door, client = chatCompletionsClient, now = Date.UTC(2026, 5, 1) } = around
  const snapshot = around.snapshot ?? snapshotOf(around)
  const text = JSON.stringify({ model: "test/model", messages: [{ role: "user", content: "hi" }], ...body })
  const parsed = JSON.parse(text)
  const services = {
    now: () => now,
    random: around.random ?? (() => 0.5),
    newToken: () => "0".repeat(24),
    priceOf: ({ price }: LiveOffer) => (price ? { source: "config", price } : { source: "none" }),
    estimateInput: () => Math.ceil(text.length / charactersPerToken),
    health: { view: around.view ?? ((key: string) => ({ ...healthy, ...around.health?.[key] })) },
    sticky: { find: () => undefined },
    standings: plainStandings,
    log: { warn: () => {} },
  } as unknown as Services
  const principal: Principal = {
    keyId: "key",
    name: "key",
    label: "key",
    kind: "inference",
    limitReset: "never",
    strict: false,
    disabled: false,
    source: "file",
    createdAtMs: 0,
    ...(around.key ? { routing: around.key } : {}),
  }
  const exchange = new Exchange(
    {
      requestId: "req",
      face: requestyFace,
      client,
      principal,
      body: text,
      headers: new Headers(around.headers),
      signal: new AbortController().signal,
      startedAt: now,
      ...(door ? { door } : {}),
    },
    services,
    snapshot,
    readFields(text, client, parsed),
    { ...plainStandings.of(principal), ...around.standing },
  )
  exchange.parsed = parsed
  return exchange
}

/** Plans a request; throws where nothing is left. */
export function planOf(body: Readonly<Record<string, unknown>>, around: Surroundings): Plan {
  const exchange = exchangeOf(body, around)
  const made = plan(exchange)
  if (made instanceof Promise) throw new Error("all prices are known here")
  return exchange.plan!
}

export const keysOf = ({ attempts }: Plan): readonly string[] => attempts.map(({ offer }) => offer.provider)
