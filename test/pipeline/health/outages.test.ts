import { describe, expect, test } from "bun:test"
import fc from "fast-check"
import { answers, type Behaviour, dead, type SimulatedRequest, Simulation } from "../../kit/simulated.ts"

/** So many requests, one after the other, whether or not the one before is done. */
async function traffic(simulation: Simulation, count: number, everyMs: number): Promise<readonly SimulatedRequest[]> {
  const all: Promise<SimulatedRequest>[] = []
  const go = async () => {
    for (let each = 0; each < count; each++) {
      all.push(simulation.request())
      await simulation.clock.sleep(everyMs)
    }
  }
  void go()
  await simulation.clock.run()
  return Promise.all(all)
}

const extra = (requests: readonly SimulatedRequest[]) => requests.filter(({ tried }) => tried.length > 1)

describe("a first choice that is dead", () => {
  test("costs one attempt when it dies and one per probe, and no request its answer", async () => {
    const simulation = new Simulation([
      { id: "first", behave: () => dead },
      { id: "second", behave: () => answers },
    ])
    const requests = await traffic(simulation, 1000, 100)
    expect(requests.every(({ answeredBy }) => answeredBy === "second")).toBe(true)
    // It is tried at 0, and when its rests of 15, 30 and 60 seconds end; the last one is longer than the traffic.
    expect(simulation.calls.get("first")!.map((at) => Math.round(at / 1000))).toEqual([0, 15, 45])
    expect(extra(requests)).toHaveLength(3)
  })

  test("requests that were under way when it died are all that pay", async () => {
    const hang: Behaviour = { kind: "fail", code: "provider_timeout", afterMs: 5000 }
    const simulation = new Simulation([
      { id: "first", behave: () => hang },
      { id: "second", behave: () => answers },
    ])
    const requests = await traffic(simulation, 150, 100)
    // Fifty came in the five seconds before the first deadline; their own deadlines, later, are the same outage.
    expect(extra(requests)).toHaveLength(50)
    expect(requests.every(({ answeredBy }) => answeredBy === "second")).toBe(true)
    expect(simulation.health.view("first/m", 19_000).breaker).toBe("open")
    expect(simulation.health.view("first/m", 20_000).breaker).toBe("half-open")
  })

  test("gets its traffic back after one probe", async () => {
    const simulation = new Simulation([
      { id: "first", behave: (now) => (now < 20_000 ? dead : answers) },
      { id: "second", behave: () => answers },
    ])
    const requests = await traffic(simulation, 1000, 100)
    expect(requests.every(({ answeredBy }) => answeredBy !== undefined)).toBe(true)
    const back = requests.findIndex(({ answeredBy }) => answeredBy === "first")
    expect(Math.round(back / 10)).toBe(45)
    // The probe's first part takes a tenth of a second; whoever comes meanwhile goes to the other one.
    expect(
      requests.slice(back + 2).every(({ answeredBy, tried }) => answeredBy === "first" && tried.length === 1),
    ).toBe(true)
  })

  test("is probed by one request at a time, however slow that is", async () => {
    const simulation = new Simulation([
      { id: "first", behave: (now) => (now < 1000 ? dead : { kind: "answer", firstMs: 4000, wholeMs: 5000 }) },
      { id: "second", behave: () => answers },
    ])
    const requests = await traffic(simulation, 190, 100)
    expect(requests.every(({ answeredBy }) => answeredBy !== undefined)).toBe(true)
    // From 15.0 on, when it is half-open, to 19.0, when the probe has its first part.
    expect(simulation.calls.get("first")!.filter((at) => at > 1000)).toHaveLength(1)
    expect(simulation.most.get("first")).toBe(1)
  })
})

test("a stream that breaks off counts: the next requests go elsewhere", async () => {
  const simulation = new Simulation([
    { id: "first", behave: () => ({ kind: "cut" }) },
    { id: "second", behave: () => answers },
  ])
  const requests = await traffic(simulation, 300, 100)
  expect(requests.every(({ tried }) => tried.length === 1)).toBe(true)
  // Ten before the first one breaks; after the probe at 16 s those that come before it breaks in turn.
  const first = simulation.calls.get("first")!
  expect(first.filter((at) => at < 16_000)).toHaveLength(10)
  expect(first.filter((at) => at >= 17_000)).toEqual([])
})

test("an upstream without money is left alone for five minutes, then for ten", async () => {
  const simulation = new Simulation([
    { id: "first", behave: () => ({ kind: "fail", code: "provider_quota" }) },
    { id: "second", behave: () => answers },
  ])
  const requests = await traffic(simulation, 1000, 1000)
  expect(requests.every(({ answeredBy }) => answeredBy === "second")).toBe(true)
  expect(simulation.calls.get("first")!.map((at) => Math.round(at / 60_000))).toEqual([0, 5, 15])
})

test("what an upstream asks for is kept to", async () => {
  const simulation = new Simulation([
    { id: "first", behave: (now) => (now < 1000 ? { kind: "fail", code: "rate_limited", waitMs: 60_000 } : answers) },
    { id: "second", behave: () => answers },
  ])
  await traffic(simulation, 100, 1000)
  const [, next] = simulation.calls.get("first")!
  expect(Math.round(next! / 1000)).toBe(61)
})

test("it is an order and never a lock: where all are left alone, all are tried", async () => {
  const simulation = new Simulation([
    { id: "first", behave: () => dead },
    { id: "second", behave: (now) => (now < 1000 ? dead : answers) },
  ])
  const requests = await traffic(simulation, 3, 1000)
  expect(requests.map(({ answeredBy }) => answeredBy)).toEqual([undefined, "second", "second"])
})

test("as long as one lives, every request is answered", async () => {
  const failing: readonly Behaviour[] = [
    dead,
    { kind: "fail", code: "provider_timeout", afterMs: 7000 },
    { kind: "fail", code: "rate_limited", waitMs: 3000 },
    { kind: "fail", code: "provider_quota" },
    { kind: "fail", code: "provider_auth" },
    { kind: "fail", code: "bad_provider_response" },
    { kind: "cut", wholeMs: 700 },
    { kind: "answer", firstMs: 6000, wholeMs: 9000 },
    answers,
  ]
  const phases = fc.array(fc.nat(failing.length - 1), { minLength: 6, maxLength: 6 })
  await fc.assert(
    fc.asyncProperty(fc.array(phases, { minLength: 2, maxLength: 4 }), fc.nat(), async (plans, living) => {
      const phaseMs = 10_000
      const simulation = new Simulation(
        plans.map((plan, index) => ({
          id: `u${index}`,
          // In each phase another one lives.
          behave: (now) => {
            const phase = Math.floor(now / phaseMs)
            const lives = (living + phase) % plans.length === index
            return lives ? answers : failing[plan[phase % plan.length]!]!
          },
        })),
      )
      const requests = await traffic(simulation, 120, 500)
      // Whoever lives may change while a request waits for a deadline: then it may have asked both in the wrong phase.
      const unlucky = requests.filter(
        ({ answeredBy, tried }) => answeredBy === undefined && tried.length < plans.length,
      )
      expect(unlucky).toEqual([])
      const during = requests.filter((_, each) => (each * 500) % phaseMs < phaseMs - 8000)
      expect(during.filter(({ answeredBy }) => answeredBy === undefined)).toEqual([])
    }),
    { seed: 3, numRuns: 40 },
  )
})
