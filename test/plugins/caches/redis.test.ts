import { afterAll, describe, expect, test } from "bun:test"
import { ManualTime } from "../../host/kit.ts"
import { cacheOf, entry, query } from "./kit.ts"
import { redisBinary, startHangingRedis, startRedis } from "./redis-kit.ts"

/** Connecting is nobody's to wait for, so a test asks until it is done. */
async function until<T>(ask: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await ask()
    if (found !== undefined) return found
    await new Promise((resolve) => setImmediate(resolve))
  }
}

describe.skipIf(redisBinary === undefined)(
  `a real server${redisBinary === undefined ? " (left out: there is no redis-server or valkey-server on this machine)" : ""}`,
  async () => {
    const server = redisBinary === undefined ? undefined : await startRedis(redisBinary)
    afterAll(() => server?.stop())
    const options = (prefix: string) => ({ redis: server?.url, redis_prefix: prefix, redis_timeout_ms: 1000 })
    const open = async (prefix: string, time = new ManualTime()) => {
      const opened = await cacheOf("response-cache", { ...options(prefix), memory_megabytes: 0 }, { time })
      await until(async () => {
        await opened.cache.store(query("ready"), entry("x"))
        return opened.cache.lookup(query("ready"))
      })
      await opened.cache.purge?.({})
      return opened
    }

    test("keeps answers for every gateway that asks, word for word, apart by prefix", async () => {
      const one = await open("one:")
      const same = await open("one:")
      const other = await open("two:")
      const kept = entry("kept 🙂 \r\n\0", {
        losses: [{ path: "a", action: "dropped", code: "foreign_field", reason: "b" }],
      })
      await one.cache.store(query("a"), kept)
      expect(await same.cache.lookup(query("a"))).toEqual(kept)
      expect(await other.cache.lookup(query("a"))).toBeUndefined()
      expect(await same.cache.stats?.()).toMatchObject({ entries: 1, backend: "redis" })
      for (const { dispose } of [one, same, other]) await dispose()
    })

    test("purges by key, by model, by both, by fingerprint, and all", async () => {
      const { cache, dispose } = await open("purge:")
      const names = ["ada m1", "ada m2", "bob m1", "bob m2"]
      const fill = async () => {
        for (const name of names) {
          const [keyId = "", model = ""] = name.split(" ")
          await cache.store(query(name, { keyId }), entry("x", { model }))
        }
      }
      const left = async () => {
        const found = await Promise.all(
          names.map(async (name) => ((await cache.lookup(query(name))) ? name : undefined)),
        )
        return found.filter((name) => name !== undefined)
      }
      const cases = [
        [{ keyId: "ada" }, ["bob m1", "bob m2"]],
        [{ model: "m1" }, ["ada m2", "bob m2"]],
        [{ keyId: "ada", model: "m2" }, ["ada m1", "bob m1", "bob m2"]],
        [{ fingerprint: "bob m2" }, ["ada m1", "ada m2", "bob m1"]],
        [{ fingerprint: "bob m2", keyId: "ada" }, names],
        [{}, []],
      ] as const
      for (const [which, expected] of cases) {
        await fill()
        expect(await cache.purge?.(which)).toBe(names.length - expected.length)
        expect(await left()).toEqual([...expected])
        await cache.purge?.({})
      }
      expect(await cache.stats?.()).toMatchObject({ entries: 0 })
      await dispose()
    })

    test("what has expired is no longer counted, nor kept in the lists", async () => {
      const { cache, time, dispose } = await open("expired:")
      await cache.store(query("a"), entry("x", { expiresAt: time.now() + 60_000 }))
      expect(await cache.stats?.()).toMatchObject({ entries: 1 })
      time.advance(60_000)
      expect(await cache.lookup(query("a"))).toBeUndefined()
      expect(await cache.stats?.()).toMatchObject({ entries: 0 })
      await dispose()
    })

    test("the memory in front of it asks again after ten seconds, since another gateway may have purged", async () => {
      const time = new ManualTime()
      const fronted = await cacheOf("response-cache", options("front:"), { time })
      const other = await open("front:", time)
      await until(async () => {
        await other.cache.store(query("a"), entry("x"))
        return fronted.cache.lookup(query("a"))
      })
      await other.cache.purge?.({})
      expect(await fronted.cache.lookup(query("a"))).toBeDefined()
      time.advance(10_000)
      expect(await fronted.cache.lookup(query("a"))).toBeUndefined()
      await fronted.dispose()
      await other.dispose()
    })
  },
)

describe("a server that does not serve costs no answer", () => {
  const options = { memory_megabytes: 0, redis_timeout_ms: 1 }

  test("dead: nobody waits for it, and it is left alone for a while", async () => {
    const fake = startHangingRedis(false)
    fake.stop()
    const { cache, log, time, dispose } = await cacheOf("response-cache", { ...options, redis: fake.url })
    await until(async () => {
      expect(await cache.lookup(query("a"))).toBeUndefined()
      await cache.store(query("a"), entry("x"))
      return log.lines.find(({ message }) => message.includes("does not answer"))
    })
    expect(log.lines).toHaveLength(1)
    expect(JSON.stringify(log.lines)).not.toContain(fake.url)
    time.advance(5_000)
    expect(await cache.lookup(query("a"))).toBeUndefined()
    await dispose()
  })

  test("hanging from the start: a miss, without a wait for the connection", async () => {
    const fake = startHangingRedis(false)
    const { cache, dispose } = await cacheOf("response-cache", { ...options, redis: fake.url })
    for (let at = 0; at < 100; at++) expect(await cache.lookup(query("a"))).toBeUndefined()
    expect(fake.connections()).toBeLessThanOrEqual(1)
    await dispose()
    fake.stop()
  })

  test("hanging once it is connected: given up after a few commands, asked again after its rest", async () => {
    const fake = startHangingRedis(true)
    const { cache, log, time, dispose } = await cacheOf("response-cache", { ...options, redis: fake.url })
    await until(async () => {
      expect(await cache.lookup(query("a"))).toBeUndefined()
      return log.lines.length > 0 || undefined
    })
    const sent = fake.commands()
    for (let at = 0; at < 20; at++) await cache.lookup(query("a"))
    expect(fake.commands()).toBe(sent)
    time.advance(5_000)
    await until(async () => {
      await cache.lookup(query("a"))
      return fake.commands() > sent || undefined
    })
    await dispose()
    fake.stop()
  })

  test("a purge that cannot be done says so", async () => {
    const fake = startHangingRedis(false)
    fake.stop()
    const { cache, dispose } = await cacheOf("response-cache", { ...options, redis: fake.url })
    await expect(cache.purge!({})).rejects.toThrow()
    await dispose()
  })
})
