import type { Cache, CacheEntry, CacheQuery } from "../contract/index.ts"
import { type ContractCase, callInfo, chatRequest, demand, demandEqual, say } from "./case.ts"

/** Later than any clock of a test or a machine. */
const far = 9_000_000_000_000_000

const query = (name: string, more: Partial<CacheQuery> & { readonly text?: string } = {}): CacheQuery => {
  const { text = "one two three", ...rest } = more
  return {
    ...callInfo(),
    fingerprint: `contractsuite${name}`,
    tenant: "contract-suite",
    ability: "chat",
    api: "chat-completions",
    ttlMs: 60_000,
    request: chatRequest({ messages: [say(text)] }),
    question: () => ({ partition: `contractsuite${name}`, text }),
    ...rest,
  }
}

const remembered = {
  storedAt: 1,
  expiresAt: far,
  sourceId: "contract-suite",
  costNano: 5,
  api: "chat-completions",
  provider: "contract",
  upstream: "suite",
  model: "contract/suite",
  maker: "5a1e",
  losses: [],
} as const

const entry: CacheEntry = {
  ...remembered,
  parts: [
    { type: "start" },
    { type: "text-start", index: 0 },
    { type: "text-delta", text: "stored 🙂", index: 0 },
    { type: "text-end", index: 0 },
    { type: "finish", reason: "stop", raw: "stop" },
  ],
}

const onlyExact = ({ match }: Cache) => (match === "similar" ? "it compares meanings, not fingerprints" : undefined)

export const cacheCases: readonly ContractCase<Cache>[] = [
  {
    name: "what was stored is found, by its own fingerprint only",
    why: "an answer under a wrong fingerprint is somebody else's answer",
    skip: onlyExact,
    async run(cache) {
      demandEqual(await cache.lookup(query("none")), undefined, "a fingerprint that was never stored")
      await cache.store(query("one"), entry)
      demandEqual(await cache.lookup(query("one")), entry, "what was stored")
      demandEqual(await cache.lookup(query("other")), undefined, "another fingerprint")
    },
  },
  {
    name: "the reply of an embedding or a ranking is kept as well",
    why: "a cache that drops it, or gives parts in its place, answers with nothing",
    skip: onlyExact,
    async run(cache) {
      const { request: _, ...asked } = query("reply", { ability: "embeddings", api: "embeddings" })
      const reply: CacheEntry = { ...remembered, api: "embeddings", reply: { vectors: [{ floats: [0.1, -2e-7, 3] }] } }
      await cache.store(asked, reply)
      demandEqual(await cache.lookup(asked), reply, "what was stored")
    },
  },
  {
    name: "what was stored again replaces what was there",
    why: "a request that wants a fresh answer would leave the old one behind",
    async run(cache) {
      await cache.store(query("again"), entry)
      await cache.store(query("again"), { ...entry, sourceId: "contract-suite-2" })
      demandEqual((await cache.lookup(query("again")))?.sourceId, "contract-suite-2", "the source of what is found")
    },
  },
  {
    name: "what has expired is not given",
    why: "an answer of yesterday is given as today's",
    async run(cache) {
      await cache.store(query("expired"), { ...entry, storedAt: 0, expiresAt: 1 })
      demandEqual(await cache.lookup(query("expired")), undefined, "an entry past its time")
    },
  },
  {
    name: "the same text is only found in its own partition",
    why: "other instructions, tools or tenants would get an answer that was not made for them",
    skip: ({ match }) => (match === "similar" ? undefined : "it compares fingerprints"),
    async run(cache) {
      await cache.store(query("mine"), entry)
      demandEqual(await cache.lookup(query("mine")), entry, "what was stored")
      demandEqual(await cache.lookup(query("yours")), undefined, "another partition")
      demandEqual(await cache.lookup(query("mine", { question: () => undefined })), undefined, "no question at all")
    },
  },
  {
    name: "what is purged is gone, and nothing else",
    why: "people purge what must not be seen again",
    skip: ({ purge }) => (purge ? undefined : "it has no purge"),
    async run(cache) {
      const names = ["kept", "by-fingerprint", "by-key", "by-model"]
      const asked = names.map((name) => query(name, name === "by-key" ? { keyId: "contract-suite-key" } : {}))
      for (const [at, one] of asked.entries())
        await cache.store(one, names[at] === "by-model" ? { ...entry, model: "contract/purged" } : entry)
      await cache.purge?.({ fingerprint: "contractsuiteby-fingerprint" })
      await cache.purge?.({ keyId: "contract-suite-key" })
      await cache.purge?.({ model: "contract/purged" })
      await cache.purge?.({ model: "contract/suite", keyId: "contract-suite-other" })
      const found = await Promise.all(asked.map((one) => cache.lookup(one)))
      demandEqual(found, [entry, undefined, undefined, undefined], "what is left")
      await cache.purge?.({})
      demandEqual(await cache.lookup(asked[0]!), undefined, "what is left after a purge of everything")
    },
  },
  {
    name: "its figures are numbers",
    why: "people look at them to see whether it does anything",
    skip: ({ stats }) => (stats ? undefined : "it has no stats"),
    async run(cache) {
      const stats = await cache.stats?.()
      demand(Number.isInteger(stats?.entries) && stats!.entries >= 0, "entries is no count")
    },
  },
]
