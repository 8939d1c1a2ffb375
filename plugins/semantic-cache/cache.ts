import type { Cache, CacheEntry, CacheQuery, PluginContext, Rows } from "signalbox/plugin"

export interface SemanticSettings {
  readonly model: string
  readonly threshold: number
  readonly ttl_seconds?: number
  readonly max_characters: number
  readonly timeout_ms: number
  readonly rows: Rows
}

/**
 * Compares the last text of the user only where all the rest is equal, which the host's partition says: tenant, models, system prompt,
 * earlier turns, tools and parameters. An answer that calls a tool is not kept: what is to be done is in the details of the question.
 */
export function semanticCache(settings: SemanticSettings, { embed, log, clock }: PluginContext): Cache {
  const { model, threshold, rows } = settings
  /** A question that was asked for is not embedded again to store its answer. */
  const vectors = new WeakMap<CacheQuery, Float32Array>()
  let hits = 0
  let misses = 0
  let failed = 0

  const vectorOf = async (query: CacheQuery, text: string): Promise<Float32Array | undefined> => {
    const known = vectors.get(query)
    if (known) return known
    const late = new AbortController()
    const timer = setTimeout(() => late.abort(), settings.timeout_ms)
    try {
      // The query itself, so that the host knows whose request pays; with an end of our own.
      const [vector] = await Promise.race([embed(model, [text], query), rejected(late.signal)])
      if (vector) vectors.set(query, vector)
      return vector
    } catch (thrown) {
      failed += 1
      log.warn("a question has no vector", { model, error: thrown instanceof Error ? thrown.message : String(thrown) })
      return undefined
    } finally {
      clearTimeout(timer)
    }
  }
  const askedOf = (query: CacheQuery) => {
    const question = query.question()
    if (!question || question.text.trim() === "" || question.text.length > settings.max_characters) return undefined
    return { group: `${model} ${question.partition}`, text: question.text }
  }

  return {
    name: "semantic-cache",
    match: "similar",
    async lookup(query) {
      const asked = askedOf(query)
      const vector = asked && (await vectorOf(query, asked.text))
      if (!asked || !vector) return undefined
      const [near] = await rows.nearest(asked.group, vector, 1)
      const entry = near && near.similarity >= threshold ? readEntry(near.value) : undefined
      if (!entry || entry.expiresAt <= clock.now()) {
        misses += 1
        return undefined
      }
      hits += 1
      return entry
    },
    async store(query, given) {
      if (!("parts" in given) || given.parts.some(({ type }) => type === "tool-call-start")) return
      const asked = askedOf(query)
      const vector = asked && (await vectorOf(query, asked.text))
      if (!asked || !vector) return
      const latest = given.storedAt + (settings.ttl_seconds ?? Number.POSITIVE_INFINITY) * 1000
      const entry = latest < given.expiresAt ? { ...given, expiresAt: latest } : given
      await rows.put(query.fingerprint, new TextEncoder().encode(JSON.stringify(entry)), {
        ttlMs: entry.expiresAt - clock.now(),
        owner: query.keyId,
        topic: entry.model,
        vector: { group: asked.group, values: vector },
      })
    },
    purge: ({ fingerprint, keyId, model: topic }) =>
      rows.delete({
        ...(fingerprint === undefined ? {} : { key: fingerprint }),
        ...(keyId === undefined ? {} : { owner: keyId }),
        ...(topic === undefined ? {} : { topic }),
      }),
    async stats() {
      const { rows: entries, bytes } = await rows.count()
      return { entries, bytes, model, threshold, hits, misses, failed }
    },
  }
}

const rejected = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(new Error("the embedding model did not answer in time")), {
      once: true,
    })
  })

/** Undefined for what is damaged. */
function readEntry(value: Uint8Array): CacheEntry | undefined {
  try {
    return JSON.parse(new TextDecoder().decode(value)) as CacheEntry
  } catch {
    return undefined
  }
}
