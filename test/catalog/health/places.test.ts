import { expect, test } from "bun:test"
import fc from "fast-check"
import { type PlaceLimits, PlaceRefused, Places, type Timer } from "../../../src/catalog/health/places.ts"

/** A clock that stands still until it is moved. */
class Clock {
  now = 0
  readonly #timers = new Set<{ at: number; expire: (why?: unknown) => void }>()
  readonly timer: Timer = (milliseconds, expire) => {
    const timer = { at: this.now + milliseconds, expire }
    this.#timers.add(timer)
    return () => void this.#timers.delete(timer)
  }

  get armed(): number {
    return this.#timers.size
  }

  pass(milliseconds: number): void {
    this.now += milliseconds
    for (const timer of [...this.#timers]) if (timer.at <= this.now && this.#timers.delete(timer)) timer.expire()
  }

  stop(why: unknown): void {
    for (const timer of [...this.#timers]) if (this.#timers.delete(timer)) timer.expire(why)
  }
}

const nobody = new AbortController().signal

function make(limits: PlaceLimits) {
  const clock = new Clock()
  const places = new Places(clock.timer)
  places.configure(limits)
  return { clock, places }
}

const whyOf = (thrown: unknown) => (thrown instanceof PlaceRefused ? thrown.why : thrown)

test("places are free at once until all are taken", () => {
  const { places } = make({ places: 2, queue: 5, queueMs: 1000 })
  expect([places.take(0, nobody), places.take(0, nobody)]).toEqual([undefined, undefined])
  expect([places.taken, places.free]).toEqual([2, 0])
  void places.take(0, nobody)
  expect([places.taken, places.queued]).toEqual([2, 1])
})

test("who waits gets a place by priority, then first come", async () => {
  const { places } = make({ places: 1, queue: 10, queueMs: 1000 })
  places.take(0, nobody)
  const served: string[] = []
  const wait = (name: string, priority: number) => places.take(priority, nobody)!.then(() => served.push(name))
  const all = [wait("a", 0), wait("b", 5), wait("c", 0), wait("d", 5), wait("e", -1)]
  for (let each = 0; each < all.length; each++) {
    places.give()
    await Promise.resolve()
  }
  await Promise.all(all)
  expect(served).toEqual(["b", "d", "a", "c", "e"])
})

test("a full queue refuses at once, a long wait in the end, and neither takes a place", async () => {
  const { clock, places } = make({ places: 1, queue: 1, queueMs: 1000 })
  places.take(0, nobody)
  const waiting = places.take(0, nobody)!.catch(whyOf)
  expect(await places.take(9, nobody)!.catch(whyOf)).toBe("full")
  clock.pass(1000)
  expect(await waiting).toBe("late")
  expect([places.taken, places.queued, clock.armed]).toEqual([1, 0, 0])
  places.give()
  expect(places.taken).toBe(0)
})

test("a client that leaves leaves the queue; what ends the gateway ends the wait with its own words", async () => {
  const { clock, places } = make({ places: 1, queue: 9, queueMs: 1000 })
  places.take(0, nobody)
  const client = new AbortController()
  const left = places.take(0, client.signal)!.catch(whyOf)
  const stopped = places.take(0, nobody)!.catch(whyOf)
  client.abort()
  expect(await left).toBe("gone")
  expect(places.queued).toBe(1)
  clock.stop("shutting down")
  expect(await stopped).toBe("shutting down")
  expect(await places.take(0, client.signal)!.catch(whyOf)).toBe("gone")
  expect(clock.armed).toBe(0)
})

test("a queue of no length refuses at once", async () => {
  const { places } = make({ places: 1, queue: 0, queueMs: 1000 })
  places.take(0, nobody)
  expect(await places.take(0, nobody)!.catch(whyOf)).toBe("full")
})

test("a higher limit lets those in who wait, a lower one lets those end who are there", async () => {
  const { places } = make({ places: 1, queue: 9, queueMs: 1000 })
  places.take(0, nobody)
  const waiting = [places.take(0, nobody)!, places.take(0, nobody)!]
  places.configure({ places: 3, queue: 9, queueMs: 1000 })
  await Promise.all(waiting)
  expect([places.taken, places.queued]).toEqual([3, 0])
  places.configure({ places: 1, queue: 9, queueMs: 1000 })
  const last = places.take(0, nobody)!
  let isIn = false
  void last.then(() => {
    isIn = true
  })
  places.give()
  places.give()
  await Promise.resolve()
  expect([places.taken, isIn]).toEqual([1, false])
  places.give()
  await last
  expect(places.taken).toBe(1)
})

test("over any interleaving: never more than the limit, no place lost, nobody waits for nothing", async () => {
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({ kind: fc.constant("take" as const), priority: fc.nat(2) }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant("give" as const), which: fc.nat() }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("leave" as const), which: fc.nat() }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("pass" as const), time: fc.nat(400) }) },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant("limit" as const), places: fc.integer({ min: 1, max: 4 }) }),
    },
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 80 }), async (steps) => {
      let limit = 2
      const { clock, places } = make({ places: limit, queue: 4, queueMs: 500 })
      /** Who has a place and has not given it back. */
      let holding = 0
      const clients: AbortController[] = []
      const settle = async () => {
        for (let turn = 0; turn < 5; turn++) await Promise.resolve()
      }
      for (const each of steps) {
        const before = holding
        switch (each.kind) {
          case "take": {
            const client = new AbortController()
            const waiting = places.take(each.priority, client.signal)
            if (!waiting) holding++
            else {
              clients.push(client)
              waiting.then(
                () => holding++,
                () => {},
              )
            }
            break
          }
          case "give":
            if (holding > 0) {
              holding--
              places.give()
            }
            break
          case "leave":
            clients[each.which % Math.max(1, clients.length)]?.abort()
            break
          case "pass":
            clock.pass(each.time)
            break
          case "limit":
            limit = each.places
            places.configure({ places: limit, queue: 4, queueMs: 500 })
        }
        await settle()
        expect(holding).toBe(places.taken)
        // A lower limit lets those end who are there, and lets nobody in.
        expect(holding).toBeLessThanOrEqual(Math.max(limit, before))
        if (places.queued > 0) expect(places.taken).toBeGreaterThanOrEqual(limit)
        expect(clock.armed).toBe(places.queued)
      }
      clock.pass(500)
      await settle()
      while (holding > 0) {
        holding--
        places.give()
      }
      expect([places.taken, places.queued]).toEqual([0, 0])
    }),
    { seed: 11, numRuns: 300 },
  )
})
