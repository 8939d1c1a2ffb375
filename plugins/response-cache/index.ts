import { type Cache, definePlugin, type PluginContext, Type } from "signalbox/plugin"
import type { Layer } from "./layer.ts"
import { MemoryLayer } from "./memory.ts"
import { RedisLayer } from "./redis.ts"
import { connectRedis } from "./redis-connection.ts"
import { StoreLayer } from "./store.ts"

const mebibyte = 1 << 20

/** How long this gateway may go on giving what another one has purged from the server that they share. */
const frontOfSharedMs = 10_000

/** Remembers whole answers by fingerprint: the latest in memory, all of them in the store, or on a Redis or Valkey server. */
export default definePlugin({
  name: "response-cache",
  contract: 1,
  description: "Gives a remembered answer to a request that was answered before.",
  options: Type.Object({
    memory_megabytes: Type.Number({ default: 64, minimum: 0, description: "for the answers that were used last" }),
    disk_megabytes: Type.Number({
      default: 512,
      exclusiveMinimum: 0,
      description: "for all of them, compressed, in the gateway's own store; beyond it those that expire first go",
    }),
    redis: Type.Optional(
      Type.String({
        pattern: "^(?:redis|rediss|valkey|valkeys)://",
        description: "address of a server to use instead of the store, which several gateways may share",
      }),
    ),
    redis_prefix: Type.String({
      default: "signalbox:cache:",
      minLength: 1,
      description: "in front of every key there",
    }),
    redis_timeout_ms: Type.Integer({
      default: 10,
      minimum: 1,
      maximum: 1000,
      description: "a server that takes longer is passed over; several times in a row, for five seconds",
    }),
  }),
  setup(options, context) {
    const shared = options.redis !== undefined
    const memory = context.shared("memory", () => new MemoryLayer(context.clock))
    memory.bound(options.memory_megabytes * mebibyte, shared ? frontOfSharedMs : Number.POSITIVE_INFINITY)
    const behind =
      options.redis === undefined ? storeLayer(options.disk_megabytes, context) : redisLayer(options, context)
    return { caches: [layered(memory, behind, context)] }
  },
})

const storeLayer = (megabytes: number, { rows, clock }: PluginContext): Layer =>
  new StoreLayer(rows({ bytes: megabytes * mebibyte }), clock)

interface RedisOptions {
  readonly redis?: string
  readonly redis_prefix: string
  readonly redis_timeout_ms: number
}

function redisLayer(options: RedisOptions, { clock, log, secret, onDispose }: PluginContext): Layer {
  const address = new URL(options.redis ?? "")
  try {
    address.password = secret("redis_password")
  } catch {
    // Not every server wants one, and the address may hold it.
  }
  const connection = connectRedis({ address: address.href, timeoutMs: options.redis_timeout_ms, clock, log })
  onDispose(() => connection.close())
  return new RedisLayer(connection, options.redis_prefix, clock)
}

/** Memory first. What the layer behind it has is in memory from then on. */
function layered(memory: MemoryLayer, behind: Layer, { clock, onDispose }: PluginContext): Cache {
  /** Being compressed or written; nobody waits for it, but the end of the gateway does. */
  const storing = new Set<Promise<void>>()
  onDispose(() => Promise.allSettled(storing).then(() => {}))
  let hits = 0
  let misses = 0
  return {
    name: "response-cache",
    async lookup(query) {
      const { fingerprint } = query
      const known = memory.find(fingerprint)
      const { purges } = memory
      const found = known ?? (await behind.find(fingerprint))
      // What was purged while it was read must neither be given nor come back.
      if (!found || found.expiresAt <= clock.now() || memory.purges !== purges) {
        misses += 1
        return undefined
      }
      hits += 1
      if (!known) memory.keep(query, found)
      return found
    },
    async store(query, entry) {
      if (entry.expiresAt <= clock.now()) return
      memory.keep(query, entry)
      const { purges } = memory
      const stored = behind.keep(query, entry, () => memory.purges === purges)
      storing.add(stored)
      try {
        await stored
      } finally {
        storing.delete(stored)
      }
    },
    async purge(which) {
      memory.purge(which)
      const gone = await behind.purge(which)
      memory.purge(which)
      return gone
    },
    async stats() {
      const { entries, bytes } = await behind.count()
      return {
        entries,
        ...(bytes === undefined ? {} : { bytes }),
        backend: behind.name,
        memory_entries: memory.size,
        memory_bytes: memory.bytes,
        hits,
        misses,
      }
    },
  }
}
