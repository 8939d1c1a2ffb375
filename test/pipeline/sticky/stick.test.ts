import { describe, expect, test } from "bun:test"
import type { AttemptRecord, GatewayError, Usage } from "../../../src/contract/index.ts"
import { emptyUsage } from "../../../src/contract/index.ts"
import type { Exchange } from "../../../src/pipeline/exchange.ts"
import { inquiryOf } from "../../../src/pipeline/plan/request-inquiry.ts"
import type { PlannedAttempt } from "../../../src/pipeline/plan/types.ts"
import { StickyMap } from "../../../src/pipeline/sticky/memory.ts"
import { noteConversation, stickFirst } from "../../../src/pipeline/sticky/stick.ts"

const minute = 60_000

/** One gateway's memory with a clock that tests move. */
function world() {
  const sticky = new StickyMap()
  const state = { now: 1_000_000, open: new Set<string>() }
  const services = {
    now: () => state.now,
    sticky,
    health: { view: (key: string) => ({ breaker: state.open.has(key) ? "open" : "closed" }) },
  }
  const planned = (keys: readonly string[], model = "test/model"): PlannedAttempt[] =>
    keys.map((key) => ({ offer: { key, model, provider: key.split("/")[0] } as PlannedAttempt["offer"], retries: 0 }))
  interface Asked {
    readonly session?: string
    readonly header?: string
    readonly cacheKey?: string
    readonly key?: string
    readonly model?: string
    readonly text?: string
    readonly keys?: readonly string[]
    readonly attempts?: readonly PlannedAttempt[]
  }
  const ask = (asked: Asked) => {
    const headers = new Headers(asked.header === undefined ? {} : { "x-session-id": asked.header })
    const body = JSON.stringify({ messages: [{ role: "user", content: asked.text ?? "Hi" }] })
    const exchange = {
      services,
      standing: {},
      snapshot: { config: { routing: { stickyMs: 10 * minute } } },
      inbound: { body, headers, principal: { keyId: asked.key ?? "k1" }, client: {} },
      fields: { sessionId: asked.session, promptCacheKey: asked.cacheKey },
      model: asked.model ?? "test/model",
      attempts: [] as AttemptRecord[],
    } as unknown as Exchange & { attempts: AttemptRecord[] }
    const notes: string[] = []
    const attempts = stickFirst(
      inquiryOf(exchange),
      asked.attempts ?? planned(asked.keys ?? ["a/m", "b/m", "c/m"]),
      notes,
    )
    return {
      notes,
      order: attempts.map(({ offer }) => offer.key),
      /** The request ended so, at this offer. */
      end(
        key: string,
        more: {
          usage?: Usage
          price?: object
          failed?: readonly string[]
          code?: string
          error?: boolean
          role?: string
        } = {},
      ) {
        for (const failed of more.failed ?? []) {
          const [provider, model] = failed.split("/")
          exchange.attempts.push({
            provider,
            model,
            outcome: "failed",
            code: more.code ?? "provider_down",
          } as AttemptRecord)
        }
        if (more.error) exchange.error = { code: "provider_down" } as GatewayError
        const price = more.price === undefined ? {} : { price: more.price }
        const start = more.role === undefined ? {} : { role: more.role }
        exchange.answering = { offer: { key }, usage: more.usage, price, start } as Exchange["answering"]
        noteConversation(exchange)
      },
    }
  }
  return { sticky, state, ask, planned }
}

const cached: Usage = { ...emptyUsage, input: { ...emptyUsage.input, cacheRead: 900 } }
const written: Usage = { ...emptyUsage, input: { ...emptyUsage.input, cacheWrite: 900 } }
const cheaper = { input: 3, output: 15, cacheRead: 0.3 }

describe("a conversation that its client names", () => {
  for (const named of [{ session: "s" }, { header: "s" }, { cacheKey: "s" }])
    test(`stays where it was answered (${Object.keys(named)[0]})`, () => {
      const { ask } = world()
      ask(named).end("b/m")
      const next = ask({ ...named, text: "another text" })
      expect(next.order).toEqual(["b/m", "a/m", "c/m"])
      expect(next.notes).toEqual(["the conversation stays at b/m"])
    })

  test("the session in the body goes before the header, that before the cache key", () => {
    const { ask } = world()
    ask({ session: "s", header: "h", cacheKey: "c" }).end("b/m")
    expect(ask({ session: "s" }).order[0]).toBe("b/m")
    expect(ask({ header: "h" }).order[0]).toBe("a/m")
    ask({ header: "h", cacheKey: "c" }).end("c/m")
    expect(ask({ header: "h" }).order[0]).toBe("c/m")
    expect(ask({ cacheKey: "c" }).order[0]).toBe("a/m")
  })

  test("ten idle minutes end it; each success begins them anew", () => {
    const { ask, state } = world()
    ask({ session: "s" }).end("b/m")
    for (let round = 0; round < 4; round++) {
      state.now += 9 * minute
      const again = ask({ session: "s" })
      expect(again.order[0]).toBe("b/m")
      again.end("b/m")
    }
    state.now += 10 * minute
    expect(ask({ session: "s" }).order[0]).toBe("a/m")
  })

  test("an error lets it go, and whoever answered then has it", () => {
    const { ask } = world()
    ask({ session: "s" }).end("b/m")
    ask({ session: "s" }).end("c/m", { failed: ["b/m"] })
    expect(ask({ session: "s" }).order[0]).toBe("c/m")
    ask({ session: "s" }).end("c/m", { failed: ["c/m"], error: true })
    expect(ask({ session: "s" }).order[0]).toBe("a/m")
  })

  test("an error does not begin the minutes anew, and a mistake of the request's own changes nothing", () => {
    const { ask, state } = world()
    ask({ session: "s" }).end("b/m")
    state.now += 9 * minute
    ask({ session: "s" }).end("b/m", { failed: ["b/m"], code: "upstream_invalid_request", error: true })
    expect(ask({ session: "s" }).order[0]).toBe("b/m")
    state.now += 2 * minute
    expect(ask({ session: "s" }).order[0]).toBe("a/m")
  })

  test("one that was only late is not left for the one that helped out", () => {
    const { ask } = world()
    ask({ session: "s" }).end("b/m")
    ask({ session: "s" }).end("c/m", { role: "hedge" })
    expect(ask({ session: "s" }).order[0]).toBe("b/m")
  })

  test("per key and per model", () => {
    const { ask } = world()
    ask({ session: "s" }).end("b/m")
    expect(ask({ session: "s", key: "k2" }).order[0]).toBe("a/m")
    expect(ask({ session: "s", model: "test/other" }).order[0]).toBe("a/m")
  })
})

describe("what it does not do", () => {
  test("bring in an offer that may not be tried", () => {
    const { ask } = world()
    ask({ session: "s" }).end("b/m")
    expect(ask({ session: "s", keys: ["a/m", "c/m"] }).order).toEqual(["a/m", "c/m"])
  })

  test("ask an upstream that is left alone after failures", () => {
    const { ask, state } = world()
    ask({ session: "s" }).end("b/m")
    state.open.add("b/m")
    const next = ask({ session: "s" })
    expect(next.order).toEqual(["a/m", "b/m", "c/m"])
    expect(next.notes.join()).toContain("left alone")
  })

  test("put another model before the one that is wanted first", () => {
    const { ask, planned } = world()
    ask({ session: "s" }).end("x/other")
    const attempts = [...planned(["a/m", "b/m"]), ...planned(["x/other"], "test/other")]
    expect(ask({ session: "s", attempts }).order).toEqual(["a/m", "b/m", "x/other"])
  })

  test("look at requests that have no choice", () => {
    const { ask, sticky } = world()
    ask({ session: "s", keys: ["a/m"] }).end("a/m")
    expect(sticky.size).toBe(0)
  })
})

describe("a conversation that is known by how it begins", () => {
  test("stays once its prompt was seen to be cached", () => {
    const { ask } = world()
    ask({}).end("b/m", { usage: emptyUsage, price: cheaper })
    expect(ask({}).order[0]).toBe("a/m")
    ask({}).end("b/m", { usage: cached, price: cheaper })
    expect(ask({}).order[0]).toBe("b/m")
    expect(ask({ text: "Another one" }).order[0]).toBe("a/m")
  })

  test("written or read, and also where nobody knows a price", () => {
    for (const [usage, price] of [
      [written, cheaper],
      [cached, undefined],
    ] as const) {
      const { ask } = world()
      ask({}).end("c/m", { usage, ...(price ? { price } : {}) })
      expect(ask({}).order[0]).toBe("c/m")
    }
  })

  test("not where reading the cache costs as much as reading", () => {
    const { ask } = world()
    ask({}).end("c/m", { usage: cached, price: { input: 3, output: 15 } })
    expect(ask({}).order[0]).toBe("a/m")
  })

  test("goes on staying while it is answered there", () => {
    const { ask, state } = world()
    ask({}).end("b/m", { usage: cached })
    state.now += 9 * minute
    ask({}).end("b/m", { usage: emptyUsage })
    state.now += 9 * minute
    expect(ask({}).order[0]).toBe("b/m")
  })
})

describe("memory", () => {
  test("the conversation that was silent longest is forgotten first", () => {
    const memory = new StickyMap(3)
    for (const name of ["a", "b", "c"]) memory.keep(name, "x", 10)
    memory.keep("a", "x", 10)
    memory.keep("d", "x", 10)
    expect(["a", "b", "c", "d"].map((name) => memory.find(name, 0))).toEqual(["x", undefined, "x", "x"])
    expect(memory.size).toBe(3)
  })

  test("a release of an offer where it no longer is changes nothing", () => {
    const memory = new StickyMap()
    memory.keep("a", "x", 10)
    memory.release("a", "y")
    expect(memory.find("a", 9)).toBe("x")
    memory.release("a", "x")
    expect(memory.find("a", 9)).toBeUndefined()
    expect(memory.find("b", 0)).toBeUndefined()
  })
})
