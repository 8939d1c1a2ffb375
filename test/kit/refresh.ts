import type { Config } from "../../src/config/config.ts"
import type { DocumentStore, StoredDocument } from "../../src/facts/refresh/documents.ts"
import { usualLimits } from "../../src/facts/refresh/limits.ts"
import type { RefreshLimits, Upstream } from "../../src/facts/refresh/refresh-types.ts"
import { Refresher } from "../../src/facts/refresh/refresher.ts"
import type { FactSource } from "../../src/facts/source.ts"

/** The table in memory. */
export const memoryDocuments = (
  rows = new Map<string, StoredDocument>(),
): DocumentStore & { readonly rows: Map<string, StoredDocument> } => ({
  rows,
  all: async () => [...rows.values()],
  find: async (name) => rows.get(name),
  put: async (document) => void rows.set(document.name, document),
  touch: async (name, checkedAt) => {
    const known = rows.get(name)
    if (known) rows.set(name, { ...known, checkedAt })
  },
})

export interface RefreshRig {
  readonly refresher: Refresher
  readonly documents: ReturnType<typeof memoryDocuments>
  /** By name, as they were last put in place. */
  readonly sources: ReadonlyMap<string, FactSource>
  /** How often a source was put in place. */
  readonly replaced: () => number
  /** Addresses that were asked for. */
  readonly asked: readonly string[]
  readonly logged: readonly { readonly level: string; readonly message: string; readonly fields: unknown }[]
  readonly settings: { -readonly [K in keyof Config["catalog"]]: Config["catalog"][K] }
  upstreams: readonly Upstream[]
  now: number
}

export interface RigOptions {
  readonly url?: string
  readonly upstreams?: readonly Upstream[]
  readonly documents?: ReturnType<typeof memoryDocuments>
  readonly limits?: Partial<RefreshLimits>
  readonly fetch?: typeof fetch
}

/** What is configured and has no list of its own. */
export const upstream = (id: string, definition = id, listing?: Upstream["provider"]["listing"]): Upstream => ({
  id,
  definition,
  provider: listing === undefined ? {} : { listing },
})

export const dayMs = 86_400_000

/** A refresher with everything around it in memory, and a clock that stands still. */
export const refreshRig = (options: RigOptions = {}): RefreshRig => {
  const documents = options.documents ?? memoryDocuments()
  const sources = new Map<string, FactSource>()
  const asked: string[] = []
  const logged: { level: string; message: string; fields: unknown }[] = []
  let replaced = 0
  const log = (level: string) => (message: string, fields?: unknown) => void logged.push({ level, message, fields })
  const rig: { upstreams: readonly Upstream[]; now: number } & Omit<RefreshRig, "refresher"> = {
    documents,
    sources,
    asked,
    logged,
    replaced: () => replaced,
    settings: { refreshMs: dayMs, url: options.url ?? "http://127.0.0.1:1/", upstreamLists: true, airGapped: false },
    upstreams: options.upstreams ?? [upstream("openai")],
    now: Date.parse("2026-11-20T12:00:00Z"),
  }
  const counting = ((input: string, init?: RequestInit) => {
    asked.push(input)
    return (options.fetch ?? fetch)(input, init)
  }) as typeof fetch
  const refresher = new Refresher({
    documents,
    facts: {
      replace(source) {
        replaced++
        sources.set(source.name, source)
      },
    },
    settings: () => rig.settings,
    upstreams: () => rig.upstreams,
    fetch: counting,
    now: () => rig.now,
    log: { debug: log("debug"), info: log("info"), warn: log("warn"), error: log("error") },
    limits: { ...usualLimits, ...options.limits },
  })
  return Object.assign(rig, { refresher })
}
