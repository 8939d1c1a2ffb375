import { describe, expect, test } from "bun:test"
import { answers, type Behaviour, type SimulatedRequest, Simulation } from "../../kit/simulated.ts"

/** Requests one after the other, and which credential each call was made with. */
function setUp(behave: (now: number, credential: number) => Behaviour, credentials = 3) {
  const used: number[] = []
  const simulation = new Simulation([
    {
      id: "first",
      credentials,
      behave: (now, credential) => {
        used.push(credential)
        return behave(now, credential)
      },
    },
    { id: "second", behave: () => answers },
  ])
  const ask = async (session?: string): Promise<SimulatedRequest> => {
    const asked = simulation.request(session === undefined ? {} : { session })
    await simulation.clock.run(simulation.clock.now + 2000)
    return asked
  }
  return { simulation, used, ask }
}

describe("several credentials", () => {
  test("are taken in turn", async () => {
    const { used, ask } = setUp(() => answers)
    for (let each = 0; each < 9; each++) await ask()
    expect([1, 2, 3].map((credential) => used.filter((one) => one === credential).length)).toEqual([3, 3, 3])
  })

  test("a conversation stays with one, and conversations spread over all", async () => {
    const { used, ask } = setUp(() => answers)
    const places = new Set<number>()
    for (let session = 0; session < 20; session++) {
      for (let turn = 0; turn < 3; turn++) await ask(`s${session}`)
      expect(new Set(used.slice(-3)).size).toBe(1)
      places.add(used.at(-1)!)
    }
    expect([...places].toSorted()).toEqual([1, 2, 3])
  })

  for (const code of ["provider_auth", "provider_quota", "rate_limited"] as const)
    test(`${code}: the next one of the same upstream is tried before the next upstream, and only this one rests`, async () => {
      const { used, ask } = setUp((_, credential) => (credential === 2 ? { kind: "fail", code } : answers))
      const requests: SimulatedRequest[] = []
      for (let each = 0; each < 6; each++) requests.push(await ask())
      expect(requests.every(({ answeredBy }) => answeredBy === "first")).toBe(true)
      expect(used.filter((credential) => credential === 2)).toHaveLength(1)
      expect(requests.filter(({ tried }) => tried.length > 1)).toHaveLength(1)
    })

  test("what is no fault of the credential goes to the next upstream at once", async () => {
    const { used, ask } = setUp(() => ({ kind: "fail", code: "provider_down" }))
    expect(await ask()).toMatchObject({ answeredBy: "second", tried: ["first", "second"] })
    expect(used).toHaveLength(1)
  })

  test("each is tried once where all are refused, then the next upstream; afterwards none is", async () => {
    const { used, ask } = setUp(() => ({ kind: "fail", code: "provider_quota" }))
    expect((await ask()).tried).toEqual(["first", "first", "first", "second"])
    expect(used.toSorted()).toEqual([1, 2, 3])
    expect((await ask()).tried).toEqual(["second"])
  })

  test("a conversation comes back to its own when that is well again", async () => {
    let isLimited = false
    const { simulation, used, ask } = setUp((_, credential) =>
      isLimited && credential === home ? { kind: "fail", code: "rate_limited" } : answers,
    )
    let home = 0
    await ask("s")
    home = used.at(-1)!
    isLimited = true
    await ask("s")
    expect(used.at(-1)).not.toBe(home)
    isLimited = false
    await simulation.clock.run(simulation.clock.now + 20_000)
    await ask("s")
    expect(used.at(-1)).toBe(home)
  })
})
