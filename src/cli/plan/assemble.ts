import plugins from "../../../plugins/index.ts"
import type { Config } from "../../config/config.ts"
import type { Declared } from "../../declarations/declared.ts"
import type { DocumentStore, StoredDocument } from "../../facts/refresh/documents.ts"
import { Refresher } from "../../facts/refresh/refresher.ts"
import { Current } from "../../gateway/current.ts"
import { openFacts } from "../../gateway/facts.ts"
import { createHost } from "../../host/host.ts"
import { createPrices } from "../../ledger/prices.ts"
import type { Services, Snapshot } from "../../pipeline/services.ts"
import { type CliIo, CommandFailure } from "../io.ts"
import { logFor } from "../log.ts"

/** A configuration as a running gateway would have it, without a store, a port or the network. */
export interface Assembled {
  readonly snapshot: Snapshot
  readonly priceOf: Services["priceOf"]
  close(): Promise<void>
}

export interface AssemblyParts {
  readonly config: Config
  readonly declared: Declared
  readonly documents: readonly StoredDocument[]
  /** The moment for which prices are asked. */
  readonly clock: { now(): number }
  readonly io: CliIo
}

/** For plugins as for everybody else: what might have been does not call anybody. */
export const noNetwork = (() =>
  Promise.reject(
    new CommandFailure("nobody is called while recorded requests are planned again"),
  )) as unknown as typeof fetch

/** What does not work of it is left out, as a running gateway leaves it out; whoever must know has checked before. */
export async function assemble({ config, declared, documents, clock, io }: AssemblyParts): Promise<Assembled> {
  const log = logFor({ ...config, log: { level: "error", format: "json" } }, { ...io, error: () => {} })
  const prices = createPrices({ clock })
  const today = { now: io.now }
  const facts = openFacts({ prices, log, clock: today, kept: () => kept.sources() })
  const current = new Current(config, io.env, log, () => declared, facts)
  const kept = new Refresher({
    documents: asStore(documents),
    facts,
    settings: () => ({ ...config.catalog, airGapped: true }),
    upstreams: () => current.snapshot.catalog.providers.values(),
    fetch: noNetwork,
    now: io.now,
    log,
  })
  const host = createHost({
    builtIns: plugins,
    log,
    fetch: noNetwork,
    clock: today,
    watch: false,
    onSwap: current.adopt,
  })
  await current.under(config, () => host.start(config.plugins))
  await facts.load()
  await current.learn()
  return {
    snapshot: current.snapshot,
    priceOf: (offer) => prices.of(offer, offer.live.definition),
    close: () => host.close(),
  }
}

const asStore = (documents: readonly StoredDocument[]): DocumentStore => ({
  all: async () => documents,
  find: async (name) => documents.find((document) => document.name === name),
  put: () => Promise.reject(new Error("nothing is written")),
  touch: () => Promise.reject(new Error("nothing is written")),
})
