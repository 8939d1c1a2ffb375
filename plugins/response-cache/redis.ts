import type { CacheEntry, CachePurge, CacheQuery } from "signalbox/plugin"
import type { Clock, Layer } from "./layer.ts"
import { packEntry, unpackEntry } from "./packed.ts"
import type { RedisClient, RedisConnection } from "./redis-connection.ts"

/** How many keys one command deletes, or one step of a walk looks at. */
const atOnce = 500

/**
 * All answers, on a Redis or Valkey server. Each is a string with its own expiry. Beside them are sorted sets, by expiry, of all fingerprints
 * and of those of each key and each model, for purges; how much room there is, the server's own `maxmemory` says.
 */
export class RedisLayer implements Layer {
  readonly name = "redis"
  readonly #connection: RedisConnection
  readonly #prefix: string
  readonly #clock: Clock

  constructor(connection: RedisConnection, prefix: string, clock: Clock) {
    this.#connection = connection
    this.#prefix = prefix
    this.#clock = clock
  }

  async find(fingerprint: string): Promise<CacheEntry | undefined> {
    const packed = await this.#connection.quickly((client) => client.getBuffer(this.#entry(fingerprint)))
    return packed ? unpackEntry(packed) : undefined
  }

  async keep({ fingerprint, keyId }: CacheQuery, entry: CacheEntry, isWanted: () => boolean): Promise<void> {
    const packed = await packEntry(entry)
    const now = this.#clock.now()
    const left = Math.floor(entry.expiresAt - now)
    if (left <= 0 || !isWanted()) return
    const sets = [this.#all, this.#ofKey(keyId), this.#ofModel(entry.model)]
    await this.#connection.quickly(async (client) => {
      // Sent together. The sets come first: an entry that is in none would survive every purge.
      const noted = sets.flatMap((set) => [
        client.send("ZADD", [set, String(entry.expiresAt), fingerprint]),
        client.send("ZREMRANGEBYSCORE", [set, "-inf", String(now)]),
        client.send("PEXPIRE", [set, String(longestMs)]),
      ])
      await Promise.all([...noted, client.set(this.#entry(fingerprint), packed, "PX", left)])
    })
  }

  purge(which: CachePurge): Promise<number> {
    return this.#connection.surely(async (client) => {
      const meant = await this.#meant(client, which)
      let gone = 0
      for (let at = 0; at < meant.length; at += atOnce) {
        const some = meant.slice(at, at + atOnce)
        gone += Number(
          await client.send(
            "DEL",
            some.map((fingerprint) => this.#entry(fingerprint)),
          ),
        )
        await client.send("ZREM", [this.#all, ...some])
      }
      return gone
    })
  }

  async count(): Promise<{ entries: number }> {
    const now = `(${this.#clock.now()}`
    const entries = await this.#connection.quickly((client) => client.send("ZCOUNT", [this.#all, now, "+inf"]))
    return { entries: Number(entries ?? 0) }
  }

  async #meant(client: RedisClient, { fingerprint, keyId, model }: CachePurge): Promise<readonly string[]> {
    if (fingerprint !== undefined && keyId === undefined && model === undefined) return [fingerprint]
    const sets = [
      ...(keyId === undefined ? [] : [this.#ofKey(keyId)]),
      ...(model === undefined ? [] : [this.#ofModel(model)]),
    ]
    const lists = await Promise.all((sets.length > 0 ? sets : [this.#all]).map((set) => members(client, set)))
    const [first = [], ...others] = lists
    const inAll = others.map((list) => new Set(list))
    return first.filter(
      (one) => (fingerprint === undefined || one === fingerprint) && inAll.every((list) => list.has(one)),
    )
  }

  #entry(fingerprint: string): string {
    return `${this.#prefix}entry:${fingerprint}`
  }

  get #all(): string {
    return `${this.#prefix}all`
  }

  #ofKey(keyId: string): string {
    return `${this.#prefix}key:${keyId}`
  }

  #ofModel(model: string): string {
    return `${this.#prefix}model:${model}`
  }
}

/** No answer is kept longer than a day. */
const longestMs = 86_400_000

const members = async (client: RedisClient, set: string): Promise<readonly string[]> =>
  (await client.send("ZRANGE", [set, "0", "-1"])) as readonly string[]
