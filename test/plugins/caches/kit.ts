import builtIns from "../../../plugins/index.ts"
import type { Cache, CacheEntry, CacheQuery, Rows } from "../../../src/contract/index.ts"
import { embedWords } from "../../../src/contract-suite/embed.ts"
import { createContext, type Embed } from "../../../src/host/context.ts"
import { Guard, Meter } from "../../../src/host/guard.ts"
import { memoryRows } from "../../../src/host/memory-rows.ts"
import { readOptions } from "../../../src/host/options.ts"
import { memoryStorage, SharedValues } from "../../../src/host/shared.ts"
import { ManualTime, recordingLog } from "../../host/kit.ts"

export const far = 9_000_000_000_000

/** One cache of a built-in, with its context in hand. */
export async function cacheOf(
  plugin: "response-cache" | "semantic-cache",
  options: Readonly<Record<string, unknown>> = {},
  more: {
    readonly time?: ManualTime
    readonly rows?: Rows
    readonly embed?: Embed
    readonly shared?: SharedValues
    readonly secrets?: Readonly<Record<string, string>>
  } = {},
) {
  const found = builtIns.find(({ name }) => name === plugin)!
  const time = more.time ?? new ManualTime()
  const settings = { hookMs: 0, failures: 0, retryMs: 0, drainMs: 0 }
  const log = recordingLog()
  const inMemory = memoryRows(time)
  const live = createContext({
    plugin,
    log,
    fetch: Object.assign(() => Promise.reject(new Error("no network in tests")), { preconnect: () => {} }),
    secrets: more.secrets ?? {},
    redact: () => {},
    storage: memoryStorage(time),
    rows: (bounds) => more.rows ?? inMemory(bounds),
    embed: more.embed ?? embedWords,
    shared: more.shared ?? new SharedValues(),
    clock: time,
    guard: new Guard({ meter: new Meter(plugin), settings, timers: time, clock: time, onFault: () => {} }),
  })
  const { caches } = await found.setup(readOptions(found, options), live.context)
  return { cache: caches?.[0] as Cache, time, log, dispose: () => live.dispose() }
}

export const query = (fingerprint: string, more: Partial<CacheQuery> & { readonly text?: string } = {}): CacheQuery => {
  const { text = fingerprint, ...rest } = more
  return {
    requestId: "req_test",
    model: "test/model",
    keyId: "key-1",
    signal: new AbortController().signal,
    fingerprint,
    tenant: "key-1",
    ability: "chat",
    api: "chat-completions",
    ttlMs: 60_000,
    question: () => ({ partition: "p", text }),
    ...rest,
  }
}

export const entry = (text: string, more: Partial<CacheEntry> = {}): CacheEntry => ({
  storedAt: 0,
  expiresAt: far,
  sourceId: "gen-1",
  costNano: 7,
  api: "chat-completions",
  provider: "p",
  upstream: "u",
  model: "test/model",
  maker: "m",
  losses: [],
  parts: [
    { type: "start" },
    { type: "text-start", index: 0 },
    { type: "text-delta", text, index: 0 },
    { type: "text-end", index: 0 },
    { type: "finish", reason: "stop", raw: "stop" },
  ],
  ...more,
})
