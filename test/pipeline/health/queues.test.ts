import { expect, test } from "bun:test"
import fc from "fast-check"
import { answers, type Behaviour, dead, type SimulatedRequest, Simulation } from "../../kit/simulated.ts"

const busy = { id: "busy", behave: () => answers, concurrency: 2, queue: 3, queueMs: 10_000 }

test("more than the limit wait, and stay until their answer has ended", async () => {
  const simulation = new Simulation([busy])
  const all = Promise.all(Array.from({ length: 5 }, () => simulation.request()))
  await simulation.clock.run()
  expect((await all).map(({ answeredBy }) => answeredBy)).toEqual(Array.from({ length: 5 }, () => "busy"))
  expect(simulation.calls.get("busy")).toEqual([0, 0, 1000, 1000, 2000])
  expect(simulation.most.get("busy")).toBe(2)
})

test("where the queue is full, the next offer takes over; where there is none, that is what the client hears", async () => {
  const two = new Simulation([busy, { id: "other", behave: () => answers }])
  const all = Promise.all(Array.from({ length: 7 }, () => two.request()))
  await two.clock.run()
  expect((await all).filter(({ answeredBy }) => answeredBy === "other")).toHaveLength(2)

  const one = new Simulation([busy])
  const refused = Promise.all(Array.from({ length: 6 }, () => one.request()))
  await one.clock.run()
  expect((await refused).at(-1)).toMatchObject({ answeredBy: undefined, code: "capacity_exhausted", tried: [] })
})

test("that a working upstream is busy is told rather than that another one is dead", async () => {
  const simulation = new Simulation([busy, { id: "dead", behave: () => dead }])
  const all = Promise.all(Array.from({ length: 6 }, () => simulation.request()))
  await simulation.clock.run()
  expect((await all).at(-1)).toMatchObject({ code: "capacity_exhausted", tried: ["dead"] })
})

test("a wait that is too long goes on to the next offer", async () => {
  const slow: Behaviour = { kind: "answer", firstMs: 100, wholeMs: 60_000 }
  const simulation = new Simulation([
    { ...busy, behave: () => slow },
    { id: "other", behave: () => answers },
  ])
  const all = Promise.all([1, 2, 3].map(() => simulation.request()))
  await simulation.clock.run()
  expect((await all).at(-1)).toMatchObject({ answeredBy: "other", tried: ["other"] })
  expect(simulation.calls.get("other")).toEqual([10_000])
})

test("higher priorities go first", async () => {
  const served: number[] = []
  const simulation = new Simulation([{ ...busy, concurrency: 1, queue: 10 }])
  const all = [0, 0, 5, 1, 5].map(async (priority, each) => {
    await simulation.request({ priority })
    served.push(each)
  })
  await simulation.clock.run()
  await Promise.all(all)
  expect(served).toEqual([0, 2, 4, 3, 1])
})

test("over random traffic: never more than the limit at an upstream, and every place comes back", async () => {
  const kinds = fc.constantFrom<Behaviour>(
    answers,
    { kind: "cut", wholeMs: 400 },
    { kind: "fail", code: "provider_down" },
    { kind: "fail", code: "provider_timeout", afterMs: 3000 },
    { kind: "fail", code: "upstream_invalid_request" },
    { kind: "answer", firstMs: 10, wholeMs: 5000 },
  )
  const step = fc.record({
    after: fc.nat(300),
    behaviour: kinds,
    leavesAfter: fc.option(fc.nat(4000)),
    priority: fc.nat(2),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      let next: Behaviour = answers
      const simulation = new Simulation([
        { id: "a", behave: () => next, concurrency: 2, queue: 3, queueMs: 2000 },
        { id: "b", behave: () => next, concurrency: 3, queue: 0 },
        { id: "c", behave: () => answers, concurrency: 1, queue: 50, queueMs: 60_000 },
      ])
      const all: Promise<SimulatedRequest>[] = []
      const go = async () => {
        for (const { after, behaviour, leavesAfter, priority } of steps) {
          await simulation.clock.sleep(after)
          next = behaviour
          const client = new AbortController()
          all.push(simulation.request({ signal: client.signal, priority }))
          if (leavesAfter !== null) void simulation.clock.sleep(leavesAfter).then(() => client.abort())
        }
      }
      void go()
      await simulation.clock.run()
      await Promise.all(all)
      const limits = new Map([
        ["a", 2],
        ["b", 3],
        ["c", 1],
      ])
      for (const [id, limit] of limits) {
        expect(simulation.most.get(id) ?? 0).toBeLessThanOrEqual(limit)
        const { places } = simulation.health.upstream(id)
        expect([places.taken, places.queued]).toEqual([0, 0])
        expect(simulation.health.view(`${id}/m`, simulation.clock.now).inFlight).toBe(0)
      }
    }),
    { seed: 5, numRuns: 60 },
  )
})
