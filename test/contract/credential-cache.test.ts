import { describe, expect, test } from "bun:test"
import { cacheCredential, type Expiring } from "../../src/contract/index.ts"

const never = new AbortController().signal

/** A cache whose clock and fetches are the test's. */
const rig = () => {
  const clock = { now: 0 }
  const fetches: { give: (value: Expiring<string>) => void; fail: (thrown: unknown) => void; signal: AbortSignal }[] =
    []
  const cache = cacheCredential<string>(
    (signal) =>
      new Promise((resolve, reject) => {
        fetches.push({ give: resolve, fail: reject, signal })
      }),
    () => clock.now,
  )
  return { clock, fetches, cache }
}

const hour = 3600_000
const outcome = (promise: Promise<string>) => promise.catch((thrown: unknown) => `failed: ${(thrown as Error).message}`)

test("one fetch for all who ask, renewed from five minutes before its end while the old one serves", async () => {
  const { clock, fetches, cache } = rig()
  const all = [cache.get(never), cache.get(never)]
  fetches[0]!.give({ value: "a", expiresAt: hour })
  expect(await Promise.all(all)).toEqual(["a", "a"])
  clock.now = hour - 300_001
  expect(await cache.get(never)).toBe("a")
  clock.now = hour - 300_000
  expect(await cache.get(never)).toBe("a")
  expect(await cache.get(never)).toBe("a")
  expect(fetches).toHaveLength(2)
  clock.now = hour - 30_000
  const next = cache.get(never)
  fetches[1]!.give({ value: "b", expiresAt: 2 * hour })
  expect(await next).toBe("b")
  expect(await cache.get(never)).toBe("b")
  expect(fetches).toHaveLength(2)
})

test("what never ends is fetched once", async () => {
  const { clock, fetches, cache } = rig()
  const first = cache.get(never)
  fetches[0]!.give({ value: "a", expiresAt: Number.POSITIVE_INFINITY })
  await first
  clock.now = 1e15
  expect(await cache.get(never)).toBe("a")
  expect(fetches).toHaveLength(1)
})

test("a short life is used to its half", async () => {
  const { clock, fetches, cache } = rig()
  const first = cache.get(never)
  fetches[0]!.give({ value: "a", expiresAt: 200_000 })
  await first
  clock.now = 99_999
  expect(await cache.get(never)).toBe("a")
  clock.now = 100_000
  expect(await cache.get(never)).toBe("a")
  expect(fetches).toHaveLength(2)
  clock.now = 170_000
  const waiting = cache.get(never)
  fetches[1]!.give({ value: "b", expiresAt: 400_000 })
  expect(await waiting).toBe("b")
})

describe("a fetch that fails", () => {
  test("fails all who wait, and is tried again by the next", async () => {
    const { fetches, cache } = rig()
    const all = [outcome(cache.get(never)), outcome(cache.get(never))]
    fetches[0]!.fail(new Error("no"))
    expect(await Promise.all(all)).toEqual(["failed: no", "failed: no"])
    const next = cache.get(never)
    fetches[1]!.give({ value: "b", expiresAt: hour })
    expect(await next).toBe("b")
  })
  test("is not felt while the old value serves, and tried again", async () => {
    const { clock, fetches, cache } = rig()
    const first = cache.get(never)
    fetches[0]!.give({ value: "a", expiresAt: hour })
    await first
    clock.now = hour - 200_000
    expect(await cache.get(never)).toBe("a")
    fetches[1]!.fail(new Error("no"))
    await Bun.sleep(0)
    expect(await cache.get(never)).toBe("a")
    expect(fetches).toHaveLength(3)
  })
  test("leaves the old value while that holds, unless it was refused", async () => {
    const { clock, fetches, cache } = rig()
    const first = cache.get(never)
    fetches[0]!.give({ value: "a", expiresAt: hour })
    await first
    clock.now = hour - 1000
    const second = outcome(cache.get(never))
    fetches[1]!.fail(new Error("no"))
    expect(await second).toBe("a")
    cache.forget()
    const third = outcome(cache.get(never))
    fetches[2]!.fail(new Error("no"))
    expect(await third).toBe("failed: no")
  })
})

describe("whoever stops waiting", () => {
  test("leaves the others waiting", async () => {
    const { fetches, cache } = rig()
    const leaver = new AbortController()
    const [left, stays] = [outcome(cache.get(leaver.signal)), cache.get(never)]
    leaver.abort(new Error("gone"))
    expect(await left).toBe("failed: gone")
    expect(fetches[0]!.signal.aborted).toBe(false)
    fetches[0]!.give({ value: "a", expiresAt: hour })
    expect(await stays).toBe("a")
  })
  test("as the last ends the fetch; the next begins another", async () => {
    const { fetches, cache } = rig()
    const leaver = new AbortController()
    const left = outcome(cache.get(leaver.signal))
    leaver.abort(new Error("gone"))
    expect(await left).toBe("failed: gone")
    expect(fetches[0]!.signal.aborted).toBe(true)
    const next = cache.get(never)
    fetches[1]!.give({ value: "b", expiresAt: hour })
    expect(await next).toBe("b")
  })
  test("before asking asks nothing", async () => {
    const { fetches, cache } = rig()
    expect(await outcome(cache.get(AbortSignal.abort(new Error("gone"))))).toBe("failed: gone")
    expect(fetches).toHaveLength(0)
  })
})
