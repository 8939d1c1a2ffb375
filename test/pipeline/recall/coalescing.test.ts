import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { GatewayError } from "../../../src/contract/index.ts"
import { events, inferenceKey } from "../../kit/gateway.ts"
import { askScripted, type ScriptedRig, saying, startScripted } from "../../kit/scripted-provider.ts"
import { generationOf } from "../../kit/upstreams.ts"

let rig: ScriptedRig
beforeEach(async () => {
  rig = await startScripted({ cache: { coalesce: true } })
})
afterEach(() => rig.stop())

const answered = "one two three four"

/** Resolves once so many requests wait for the same call as its leader. */
async function untilUnderWay(requests: number): Promise<void> {
  for (;;) {
    const text = await (await rig.gateway.get("/admin/cache", "test-management-key-0123456789")).json()
    if ((text as { waiting: number }).waiting >= requests) return
    await new Promise((resolve) => setImmediate(resolve))
  }
}

const said = async (response: Response, stream: boolean): Promise<string> => {
  if (!stream)
    return ((await response.json()) as { choices: [{ message: { content: string } }] }).choices[0].message.content
  let text = ""
  for (const event of await events(response))
    if (event !== "[DONE]") text += JSON.parse(event).choices?.[0]?.delta.content ?? ""
  return text
}

function gate() {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { opened: promise, open: resolve }
}

describe("equal requests at the same time", () => {
  test("a hundred of them, whole and streamed, are one call; each has its own record, one of them the cost", async () => {
    const { opened, open } = gate()
    rig.answerBy(() => saying(answered, (at) => (at === 2 ? opened : Promise.resolve())))
    const asked = Array.from({ length: 100 }, (_, at) => rig.gateway.chat(askScripted("hi", { stream: at % 2 === 0 })))
    await untilUnderWay(99)
    open()
    const responses = await Promise.all(asked)
    const copies = responses.map((response) => response.clone())
    const texts = await Promise.all(copies.map((response, at) => said(response, at % 2 === 0)))
    expect(texts.filter((text) => text !== answered)).toEqual([])
    expect(rig.calls()).toBe(1)
    const ids = new Set(responses.map((response) => response.headers.get("x-generation-id")))
    expect(ids.size).toBe(100)
    const records = await Promise.all(responses.map((response) => generationOf(rig.gateway, response)))
    const [paid, ...others] = records.filter(({ total_cost }) => total_cost > 0)
    expect(others).toEqual([])
    expect(paid).toMatchObject({ tokens_completion: 4, total_cost: 18e-6, cache: null })
    const followers = records.filter((record) => record !== paid)
    for (const record of followers)
      expect(record).toMatchObject({
        status: 200,
        total_cost: 0,
        tokens_prompt: 0,
        tokens_completion: 0,
        finish_reason: "stop",
        cache: { name: "coalesced", saved: 18e-6, source_id: (paid as unknown as { id: string }).id },
      })
    expect(await figures()).toMatchObject({ under_way: 0, waiting: 0 })
  })

  test("one that comes in the middle of the answer gets it from its beginning, as it comes", async () => {
    const { opened, open } = gate()
    rig.answerBy(() => saying(answered, (at) => (at === 2 ? opened : Promise.resolve())))
    const first = await rig.gateway.chat(askScripted("hi", { stream: true }))
    const late = await rig.gateway.chat(askScripted("hi", { stream: true }))
    const reader = late.body!.pipeThrough(new TextDecoderStream()).getReader()
    let seen = ""
    while (!seen.includes("two")) seen += (await reader.read()).value ?? ""
    expect(seen).toContain("one")
    expect(seen).not.toContain("three")
    open()
    while (!seen.includes("[DONE]")) seen += (await reader.read()).value ?? ""
    expect(seen).toContain("four")
    expect(await said(first, true)).toBe(answered)
    expect(rig.calls()).toBe(1)
  })

  test("another question, another key, or one that wants nothing of it makes its own call", async () => {
    const { opened, open } = gate()
    rig.answerBy(() => saying(answered, () => opened))
    const asked = [
      rig.gateway.chat(askScripted("hi")),
      rig.gateway.chat(askScripted("ho")),
      rig.gateway.chat(askScripted("hi", { temperature: 1 })),
      rig.gateway.chat(askScripted("hi", { model: "scripted/other" })),
      rig.gateway.chat(askScripted("hi"), { "x-signalbox-cache": "off" }),
      rig.gateway.chat(askScripted("hi"), { "x-openrouter-cache": "false" }),
    ]
    while (rig.calls() < asked.length) await new Promise((resolve) => setImmediate(resolve))
    open()
    for (const response of await Promise.all(asked)) expect(await said(response, false)).toBe(answered)
    expect(rig.calls()).toBe(asked.length)
  })

  test("without the setting only those that ask for it share", async () => {
    await rig.gateway.configure({ providers: [{ id: "mock" }], plugins: { dir: rig.folder.dir } })
    const { opened, open } = gate()
    rig.answerBy(() => saying(answered, () => opened))
    const plain = [rig.gateway.chat(askScripted("hi")), rig.gateway.chat(askScripted("hi"))]
    const share = { "x-signalbox-cache": "coalesce" }
    const sharing = [rig.gateway.chat(askScripted("hi"), share), rig.gateway.chat(askScripted("hi"), share)]
    await untilUnderWay(1)
    while (rig.calls() < 3) await new Promise((resolve) => setImmediate(resolve))
    open()
    for (const response of await Promise.all([...plain, ...sharing])) expect(await said(response, false)).toBe(answered)
    expect(rig.calls()).toBe(3)
  })
})

const figures = async () =>
  (await (await rig.gateway.get("/admin/cache", "test-management-key-0123456789")).json()) as Record<string, unknown>

/** A request whose client can leave. */
function leaving(body: object) {
  const controller = new AbortController()
  const response = fetch(`${rig.gateway.url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${inferenceKey}`, "content-type": "application/json" },
    body: JSON.stringify(body),
    signal: controller.signal,
  })
  response.catch(() => {})
  return { response, leave: () => controller.abort() }
}

/** The gateway hears of a client that leaves like of a request: after some that came later were answered, it has heard. */
async function untilHeard(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await figures()
}

describe("a client that leaves", () => {
  for (const stream of [true, false]) {
    test(`the leader, in the middle of its ${stream ? "stream" : "answer"}: the call goes on for the others, and the leader pays`, async () => {
      const { opened, open } = gate()
      let aborted = false
      rig.answerBy(({ signal }) => {
        signal.addEventListener("abort", () => {
          aborted = true
        })
        return saying(answered, (at) => (at === 2 ? opened : Promise.resolve()))
      })
      const leader = leaving(askScripted("hi", { stream }))
      if (stream) await (await leader.response).body!.getReader().read()
      else while (rig.calls() < 1) await new Promise((resolve) => setImmediate(resolve))
      const followers = [false, true].map((stream) => rig.gateway.chat(askScripted("hi", { stream })))
      await untilUnderWay(2)
      leader.leave()
      await untilHeard()
      open()
      const responses = await Promise.all(followers)
      const copies = responses.map((response) => response.clone())
      expect(await said(responses[0]!, false)).toBe(answered)
      expect(await said(responses[1]!, true)).toBe(answered)
      expect(rig.calls()).toBe(1)
      expect(aborted).toBe(false)
      const [record] = await Promise.all(copies.map((response) => generationOf(rig.gateway, response)))
      const source = (record as unknown as { cache: { source_id: string; saved: number } }).cache
      expect(source.saved).toBe(18e-6)
      const paid = await rig.gateway.get(`/api/v1/generation?id=${source.source_id}`)
      expect(((await paid.json()) as { data: object }).data).toMatchObject({
        total_cost: 18e-6,
        tokens_completion: 4,
        ...(stream ? { cancelled: true } : {}),
      })
    })
  }

  test("the leader, before anything came: the others get their answer all the same", async () => {
    const { opened, open } = gate()
    rig.answerBy(async function* () {
      await opened
      yield* saying(answered)
    })
    const leader = leaving(askScripted("hi"))
    while (rig.calls() < 1) await new Promise((resolve) => setImmediate(resolve))
    const followers = [false, true].map((stream) => rig.gateway.chat(askScripted("hi", { stream })))
    await untilUnderWay(2)
    leader.leave()
    await untilHeard()
    open()
    const responses = await Promise.all(followers)
    expect(await said(responses[0]!, false)).toBe(answered)
    expect(await said(responses[1]!, true)).toBe(answered)
    expect(rig.calls()).toBe(1)
  })

  test("all of them, one after the other: the upstream is let go", async () => {
    const over = Promise.withResolvers<void>()
    rig.answerBy(({ signal }) => {
      signal.addEventListener("abort", () => over.resolve())
      return saying(answered, (at) => (at === 2 ? new Promise(() => {}) : Promise.resolve()))
    })
    const asked = [true, true, false].map((stream) => leaving(askScripted("hi", { stream })))
    await untilUnderWay(2)
    for (const { leave } of asked) leave()
    await over.promise
    expect(await figures()).toMatchObject({ under_way: 0, waiting: 0 })
  })

  test("a follower: nobody else notices", async () => {
    const { opened, open } = gate()
    rig.answerBy(() => saying(answered, () => opened))
    const leader = rig.gateway.chat(askScripted("hi"))
    while (rig.calls() < 1) await new Promise((resolve) => setImmediate(resolve))
    const follower = leaving(askScripted("hi"))
    await untilUnderWay(1)
    follower.leave()
    while (((await figures()) as { waiting: number }).waiting > 0) await new Promise((resolve) => setImmediate(resolve))
    open()
    expect(await said(await leader, false)).toBe(answered)
  })
})

describe("a call that fails", () => {
  const down = () => new GatewayError("provider_down", "It is down.", { provider: "scripted" })

  test("is made once more by one of those who wait, for all of them", async () => {
    const { opened, open } = gate()
    rig.answerBy(async function* () {
      if (rig.calls() === 1) {
        await opened
        throw down()
      }
      yield* saying(answered)
    })
    const asked = Array.from({ length: 10 }, () => rig.gateway.chat(askScripted("hi")))
    await untilUnderWay(9)
    open()
    const responses = await Promise.all(asked)
    expect(responses.map(({ status }) => status).sort()).toEqual([...Array(9).fill(200), 502])
    expect(rig.calls()).toBe(2)
  })

  test("twice is told to all who still wait, instead of asking again for each of them", async () => {
    const gates = [gate(), gate()]
    rig.answerBy(async function* () {
      await gates[rig.calls() - 1]?.opened
      yield* []
      throw down()
    })
    const asked = Array.from({ length: 10 }, () => rig.gateway.chat(askScripted("hi")))
    await untilUnderWay(9)
    gates[0]!.open()
    while (rig.calls() < 2) await new Promise((resolve) => setImmediate(resolve))
    await untilUnderWay(8)
    gates[1]!.open()
    const responses = await Promise.all(asked)
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([502]))
    expect(rig.calls()).toBe(2)
    expect(await figures()).toMatchObject({ under_way: 0, waiting: 0 })
  })

  test("in the middle of the answer ends it for all, as their own errors", async () => {
    const { opened, open } = gate()
    rig.answerBy(async function* () {
      yield { type: "start" }
      yield { type: "text-start", index: 0 }
      yield { type: "text-delta", text: "one ", index: 0 }
      await opened
      yield { type: "error", error: new GatewayError("stream_interrupted", "It broke off.") }
    })
    const asked = [true, true, false].map((stream) => rig.gateway.chat(askScripted("hi", { stream })))
    await untilUnderWay(2)
    open()
    const [first, second, whole] = await Promise.all(asked)
    for (const response of [first, second]) expect(await response!.text()).toContain("It broke off.")
    expect(whole!.status).toBe(502)
    expect(rig.calls()).toBe(1)
  })
})

test("with the cache on, what was shared is remembered once and given from then on", async () => {
  await rig.gateway.configure({
    providers: [{ id: "mock" }],
    plugins: { dir: rig.folder.dir },
    cache: { enabled: true, coalesce: true },
  })
  const { opened, open } = gate()
  rig.answerBy(() => saying(answered, () => opened))
  const asked = Array.from({ length: 5 }, () => rig.gateway.chat(askScripted("hi")))
  await untilUnderWay(4)
  open()
  await Promise.all((await Promise.all(asked)).map((response) => response.text()))
  const later = await rig.gateway.chat(askScripted("hi"))
  expect(await said(later, false)).toBe(answered)
  expect(rig.calls()).toBe(1)
  expect(await generationOf(rig.gateway, later)).toMatchObject({ cache: { name: "response-cache", saved: 18e-6 } })
})

test("embeddings share as well", async () => {
  const { opened, open } = gate()
  rig.embedBy(async () => {
    await opened
    return [
      [1, 2],
      [3, 4],
    ]
  })
  const body = { model: "scripted/embed", input: ["alpha beta", "gamma"] }
  const asked = Array.from({ length: 5 }, () => rig.gateway.post("/v1/embeddings", body))
  await untilUnderWay(4)
  open()
  const responses = await Promise.all(asked)
  const replies = (await Promise.all(responses.map((response) => response.clone().json()))) as { data: object[] }[]
  for (const reply of replies) expect(reply.data).toEqual(replies[0]!.data)
  const records = await Promise.all(responses.map((response) => generationOf(rig.gateway, response)))
  const paid = records.filter(({ total_cost }) => total_cost > 0)
  expect(paid).toHaveLength(1)
  expect(rig.calls()).toBe(1)
  expect(records.filter((record) => (record as unknown as { cache: object | null }).cache !== null)).toHaveLength(4)
})
