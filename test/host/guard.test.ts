import { describe, expect, test } from "bun:test"
import {
  type ChatPart,
  type Dialect,
  type DirectCall,
  definePlugin,
  GatewayError,
  type Provider,
  Type,
} from "../../src/contract/index.ts"
import type { PluginFault } from "../../src/host/guard.ts"
import { callInfo, pluginsSection, request, stateOf, testHost } from "./kit.ts"

const settings = { id: "p", headers: {}, options: {} }

/** A host with one plugin whose capabilities the test gives. */
async function hostWith(capabilities: object, config: object = {}) {
  const faults: PluginFault[] = []
  const plugin = definePlugin({ name: "guarded", contract: 1, options: Type.Object({}), setup: () => capabilities })
  const kit = await testHost([plugin], { onFault: (fault) => faults.push(fault) })
  const result = await kit.host.start(pluginsSection(config))
  expect(result.problems).toEqual([])
  return { ...kit, faults, roster: kit.host.roster() }
}
const failure = async (task: () => unknown): Promise<GatewayError> => {
  try {
    await task()
  } catch (thrown) {
    if (GatewayError.is(thrown)) return thrown
    throw new Error("not a GatewayError", { cause: thrown })
  }
  throw new Error("did not throw")
}

describe("a hook that may wait", () => {
  test("that throws becomes plugin_failed; its words stay private", async () => {
    const kit = await hostWith({
      transforms: [
        {
          name: "t",
          apply: () => {
            throw new Error("inner words")
          },
        },
      ],
    })
    const error = await failure(() => kit.roster.transforms[0]!.apply(request, callInfo))
    expect(error).toMatchObject({ code: "plugin_failed", detail: "inner words" })
    expect(error.message).toBe('The plugin "guarded" failed in transform t.apply.')
    expect(kit.faults).toMatchObject([{ plugin: "guarded", hook: "transform t.apply", message: "inner words" }])
    expect(stateOf(kit.host, "guarded")).toMatchObject({ calls: 1, failures: 1, inFlight: 0 })
  })
  test("that throws a GatewayError has answered", async () => {
    const refusal = new GatewayError("invalid_request", "no such thing")
    const kit = await hostWith({
      transforms: [
        {
          name: "t",
          apply: async () => {
            throw refusal
          },
        },
      ],
    })
    expect(await failure(() => kit.roster.transforms[0]!.apply(request, callInfo))).toBe(refusal)
    expect(stateOf(kit.host, "guarded")).toMatchObject({ calls: 1, failures: 0 })
  })
  test("that hangs is given up at the deadline, and its timer is gone after a good answer", async () => {
    let hang = false
    const kit = await hostWith(
      { sinks: [{ name: "s", write: () => (hang ? new Promise(() => {}) : Promise.resolve()) }] },
      { hookMs: 3000 },
    )
    await kit.roster.sinks[0]!.write([])
    expect(kit.time.pending).toBe(0)
    hang = true
    const writing = failure(() => kit.roster.sinks[0]!.write([]))
    await kit.time.untilPending()
    kit.time.advance(3000)
    expect((await writing).detail).toContain("did not answer within 3 s")
    expect(stateOf(kit.host, "guarded")).toMatchObject({ failures: 1, inFlight: 0, timeMs: 3000 })
  })
  test("that answers at once costs no promise", async () => {
    const found = [{ start: 0, end: 1, label: "x" }]
    const kit = await hostWith({ guardrails: [{ name: "g", stages: ["input"], window: 0, detect: () => found }] })
    expect(kit.roster.guardrails[0]!.detect("x", callInfo)).toBe(found)
  })
  test("a guardrail that gives no list has failed, not found nothing", async () => {
    const kit = await hostWith({ guardrails: [{ name: "g", stages: ["input"], window: 0, detect: () => undefined }] })
    expect((await failure(() => kit.roster.guardrails[0]!.detect("x", callInfo))).code).toBe("plugin_failed")
  })
})

test("a breaker opens after failures in a row, lets one call try later, and closes when that works", async () => {
  let broken = true
  let runs = 0
  const kit = await hostWith(
    {
      strategies: [
        {
          name: "s",
          order: (candidates: readonly unknown[]) => {
            runs += 1
            if (broken) throw new Error("broken")
            return candidates
          },
        },
      ],
      sinks: [{ name: "healthy", write: async () => {} }],
    },
    { failures: 3, retryMs: 30_000 },
  )
  const order = () =>
    failure(() =>
      kit.roster.strategies.get("s")!.order([], { ...callInfo, conversation: undefined, random: () => 0.5 }),
    )
  for (let round = 0; round < 3; round++) expect((await order()).message).toContain("failed in")
  expect((await order()).message).toContain("switched off")
  expect(runs).toBe(3)
  expect(stateOf(kit.host, "guarded")).toMatchObject({ state: "off", switchedOff: ["strategy s.order"] })
  // Another capability of the same plugin works on.
  await kit.roster.sinks[0]!.write([])

  kit.time.advance(30_000)
  expect((await order()).message).toContain("failed in")
  expect((await order()).message).toContain("switched off")
  expect(runs).toBe(4)
  kit.time.advance(30_000)
  broken = false
  expect(
    kit.roster.strategies.get("s")!.order([], { ...callInfo, conversation: undefined, random: () => 0.5 }),
  ).toEqual([])
  expect(stateOf(kit.host, "guarded")).toMatchObject({ state: "live", switchedOff: [] })
  broken = true
  expect((await order()).message).toContain("failed in")
  expect((await order()).message).toContain("failed in")
})

test("failures: 0 never switches off", async () => {
  const kit = await hostWith(
    {
      strategies: [
        {
          name: "s",
          order: () => {
            throw new Error("broken")
          },
        },
      ],
    },
    { failures: 0 },
  )
  for (let round = 0; round < 50; round++) {
    expect(
      (
        await failure(() =>
          kit.roster.strategies.get("s")!.order([], { ...callInfo, conversation: undefined, random: () => 0.5 }),
        )
      ).message,
    ).toContain("failed in")
  }
})

describe("a direct provider", () => {
  const start: ChatPart = { type: "start" }
  const text: ChatPart = { type: "text-start", index: 0 }
  const chat = async (chat: NonNullable<Provider["chat"]>) => {
    const kit = await hostWith({ providers: [{ id: "p", name: "P", create: () => ({ chat }) }] })
    const provider = kit.roster.providers.get("p")!.definition.create(settings)
    const abort = new AbortController()
    const call: DirectCall = { model: "m", request, signal: abort.signal, lose: () => {} }
    return {
      kit,
      abort,
      parts: provider.chat!(call)[Symbol.asyncIterator](),
      state: () => stateOf(kit.host, "guarded"),
    }
  }

  test("that throws before content fails with plugin_failed, or with its own GatewayError", async () => {
    const plain = await chat(() => {
      throw new Error("inner")
    })
    expect((await failure(() => plain.parts.next())).code).toBe("plugin_failed")
    expect(plain.state()).toMatchObject({ calls: 1, failures: 1, inFlight: 0 })
    const own = await chat(async function* () {
      yield start
      throw new GatewayError("rate_limited", "slow down")
    })
    await own.parts.next()
    expect((await failure(() => own.parts.next())).code).toBe("rate_limited")
    expect(own.state()).toMatchObject({ calls: 1, failures: 0, inFlight: 0 })
  })
  test("that throws in the middle is at fault whatever it throws", async () => {
    const { parts, state } = await chat(async function* () {
      yield text
      throw new GatewayError("rate_limited", "late")
    })
    await parts.next()
    await failure(() => parts.next())
    expect(state()).toMatchObject({ calls: 1, failures: 1, inFlight: 0 })
  })
  test("that ignores its signal is left at once when the call is aborted", async () => {
    let returned = false
    const { parts, abort, state } = await chat(() => ({
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise<never>(() => {}),
        return: async () => {
          returned = true
          return { done: true, value: undefined }
        },
      }),
    }))
    const waiting = parts.next()
    abort.abort(new Error("client gone"))
    await expect(waiting).rejects.toThrow("client gone")
    expect(returned).toBe(true)
    expect(state()).toMatchObject({ failures: 0, inFlight: 0 })
  })
  test("whose consumer leaves is told to return", async () => {
    let closed = false
    const { parts, state } = await chat(async function* () {
      try {
        yield text
        yield text
      } finally {
        closed = true
      }
    })
    await parts.next()
    await parts.return?.(undefined)
    expect(closed).toBe(true)
    expect(state()).toMatchObject({ failures: 0, inFlight: 0 })
  })
  test("that runs when its time to drain is over ends with plugin_failed", async () => {
    const { kit, parts } = await chat(async function* () {
      yield text
      await new Promise(() => {})
    })
    await parts.next()
    const waiting = failure(() => parts.next())
    await kit.host.close()
    expect((await waiting).message).toContain("was replaced")
  })
})

describe("a wire provider", () => {
  const dialect = {
    name: "own",
    framing: "sse",
    encodeRequest: () => {
      throw new TypeError("encode broke")
    },
    decodeReply: () => {
      throw new GatewayError("rate_limited", "inside a 200")
    },
    decodeStream: () => ({
      push: () => {
        throw new TypeError("push broke")
      },
      end: () => [],
    }),
    decodeError: () => new GatewayError("provider_down", "down"),
  } as unknown as Dialect
  const wire = {
    dialect,
    profile: () => ({}),
    endpoint: () => {
      throw new TypeError("endpoint broke")
    },
  }

  test("has its synchronous hooks wrapped, without a promise", async () => {
    const kit = await hostWith({ providers: [{ id: "p", name: "P", create: () => ({ wire }) }] })
    const guarded = kit.roster.providers.get("p")!.definition.create(settings).wire!
    expect(guarded.profile("m")).toEqual({})
    for (const task of [
      () => guarded.endpoint({ model: "m", stream: false }),
      () => guarded.dialect.encodeRequest(request, {} as never),
      () => guarded.dialect.decodeStream({} as never).push({ data: "" }),
    ]) {
      expect((await failure(task)).code).toBe("plugin_failed")
    }
    expect((await failure(() => guarded.dialect.decodeReply({}, {} as never))).code).toBe("rate_limited")
    expect(stateOf(kit.host, "guarded")).toMatchObject({ failures: 3, state: "live" })
  })
  test.each([
    [{}, "none of `wire`, `chat` and `abilities`"],
    [{ wire: { dialect } }, "wire.profile"],
    [undefined, "must return a provider"],
  ])("create that gives %j is refused", async (given, words) => {
    const kit = await hostWith({ providers: [{ id: "p", name: "P", create: () => given }] })
    expect((await failure(() => kit.roster.providers.get("p")!.definition.create(settings))).detail).toContain(words)
  })
})
