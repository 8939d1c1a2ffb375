import { afterEach, describe, expect, test } from "bun:test"
import { events, startGateway, type TestGateway } from "../kit/gateway.ts"
import { guardrailText, type PluginFolder, pluginFolder, pluginText } from "../kit/plugin-folder.ts"
import { ask, errorOf, generationOf, type Rig, startRig } from "../kit/upstreams.ts"

const open: (() => unknown)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

function folder(files: Readonly<Record<string, string>>): PluginFolder {
  const made = pluginFolder(files)
  open.push(made.remove)
  return made
}
async function rigWith(scenario: string, files: Readonly<Record<string, string>>, plugins: object = {}): Promise<Rig> {
  const rig = await startRig([scenario], { plugins: { dir: folder(files).dir, ...plugins } })
  open.push(() => rig.stop())
  return rig
}
/** The mock says what it is told to, in the pieces it is told to. */
async function mockWith(files: Readonly<Record<string, string>>, plugins: object = {}): Promise<TestGateway> {
  const gateway = await startGateway({ providers: [{ id: "mock" }], plugins: { dir: folder(files).dir, ...plugins } })
  open.push(() => gateway.stop())
  return gateway
}
const script = (value: object, more: object = {}) => ({
  model: "mock/script",
  messages: [{ role: "user", content: "hi" }],
  mock: value,
  ...more,
})

const faces = ["/v1/chat/completions", "/api/v1/chat/completions"] as const
const email = "/[a-z]+ ?@ ?[a-z]+\\.(?:com|org)/g"
const masks = { "email.ts": guardrailText("email", email, 'action: "mask"') }
const blocks = { "secret.ts": guardrailText("secret", "/password/g", "") }

interface Whole {
  readonly choices: readonly [
    {
      readonly message: {
        readonly content: string
        readonly tool_calls?: readonly [{ readonly function: { readonly arguments: string } }]
      }
    },
  ]
}
/** What a client puts together, whole or streamed. */
async function said(response: Response, stream: boolean): Promise<{ text: string; calls: string }> {
  if (!stream) {
    const [{ message }] = ((await response.json()) as Whole).choices
    return { text: message.content ?? "", calls: message.tool_calls?.[0].function.arguments ?? "" }
  }
  let text = ""
  let calls = ""
  for (const event of await events(response)) {
    if (event === "[DONE]") continue
    const delta = JSON.parse(event).choices[0]?.delta
    text += delta?.content ?? ""
    calls += delta?.tool_calls?.[0]?.function?.arguments ?? ""
  }
  return { text, calls }
}

describe("mask", () => {
  for (const path of faces) {
    for (const stream of [false, true]) {
      const form = `${path}, ${stream ? "streamed" : "whole"}`
      test(`what the client says (${form})`, async () => {
        const rig = await rigWith("text", masks)
        const response = await rig.gateway.post(path, ask("I am ann@example.com", { stream }))
        expect(response.status).toBe(200)
        await response.text()
        const sent = (await rig.fakes[0]!.request(0)).body
        expect(sent).toContain("I am <EMAIL>")
        expect(sent).not.toContain("ann@")
      })

      test(`what the model says, across the borders of its pieces (${form})`, async () => {
        const gateway = await mockWith(masks)
        // Word by word: "ann ", "@ ", "example.com ".
        const response = await gateway.post(
          path,
          script({ text: "write to ann @ example.com or bob@site.org now" }, { stream }),
        )
        expect((await said(response, stream)).text).toBe("write to <EMAIL> or <EMAIL> now")
        const { labels } = (await generationOf(gateway, response)) as unknown as { labels?: { findings: unknown } }
        if (labels) expect(labels.findings).toEqual([expect.objectContaining({ guardrail: "email", action: "mask" })])
      })

      test(`arguments of tool calls (${form})`, async () => {
        const gateway = await mockWith(masks)
        const call = { name: "mail", arguments: '{"to":"ann@example.com","body":"hello there"}' }
        const tools = [{ type: "function", function: { name: "mail" } }]
        const response = await gateway.post(path, script({ toolCalls: [call] }, { stream, tools }))
        expect(JSON.parse((await said(response, stream)).calls)).toEqual({ to: "<EMAIL>", body: "hello there" })
      })
    }
  }
})

describe("block", () => {
  for (const stream of [false, true]) {
    test(`the input: an honest status, nothing is called (${stream ? "streamed" : "whole"})`, async () => {
      const rig = await rigWith("text", blocks)
      const response = await rig.gateway.chat(ask("my password is x", { stream }))
      expect(response.status).toBe(403)
      expect(await errorOf(response)).toMatchObject({
        code: "guardrail_blocked",
        message: expect.stringContaining("secret"),
      })
      const other = await rig.gateway.post("/api/v1/chat/completions", ask("my password is x", { stream }))
      expect(((await other.json()) as { error: { metadata: object } }).error.metadata).toMatchObject({
        signalbox_code: "guardrail_blocked",
        error_type: "content_policy_violation",
      })
      expect(rig.fakes[0]!.count).toBe(0)
      expect(await generationOf(rig.gateway, response)).toMatchObject({
        total_cost: 0,
        error_code: "guardrail_blocked",
      })
    })
  }

  test("a whole answer", async () => {
    const gateway = await mockWith(blocks)
    const response = await gateway.chat(script({ text: "the password is swordfish" }))
    expect(response.status).toBe(403)
    expect(await response.text()).not.toContain("swordfish")
    expect((await generationOf(gateway, response)).total_cost).toBeGreaterThan(0)
  })

  for (const path of faces) {
    test(`in the middle of a stream: a typed event ends it, the upstream is cancelled, what was made is billed (${path})`, async () => {
      const guard = { "secret.ts": guardrailText("secret", "/w20/g", "") }
      const rig = await rigWith("stall-40", guard)
      const response = await rig.gateway.post(path, ask("hi", { stream: true }))
      const seen = await events(response)
      const last = JSON.parse(seen.at(-1)!)
      expect(last.error.code).toBe(path === faces[0] ? "guardrail_blocked" : 403)
      expect(seen.join("")).toContain("w0 ")
      expect(seen.join("")).not.toContain("w20")
      expect(await (await rig.fakes[0]!.request(0)).closed).toBe("aborted")
      const record = await generationOf(rig.gateway, response)
      expect(record).toMatchObject({ error_code: "guardrail_blocked", usage_estimated: true })
      expect(record.total_cost).toBeGreaterThan(0)
      // The upstream did nothing wrong.
      expect(record.attempts[0]).toMatchObject({ outcome: "cancelled", code: "guardrail_blocked" })
    })
  }

  test("before anything was sent on, the work is billed all the same", async () => {
    const gateway = await mockWith(blocks)
    const response = await gateway.chat(script({ text: "password first" }, { stream: true }))
    const seen = await events(response)
    expect(JSON.parse(seen.at(-1)!).error.code).toBe("guardrail_blocked")
    expect(seen.join("")).not.toContain("first")
    expect((await generationOf(gateway, response)).total_cost).toBeGreaterThan(0)
  })
})

test("report only: nothing changes, and the record says what was found, once", async () => {
  const gateway = await mockWith({ "email.ts": guardrailText("email", email, 'action: "report"') })
  for (const stream of [false, true]) {
    const response = await gateway.chat(
      script({ text: "write to ann@example.com and then wait for a very long time" }, { stream }),
    )
    expect((await said(response, stream)).text).toContain("ann@example.com")
    const { findings } = (await labelsOf(gateway, response)) as { findings: unknown }
    expect(findings).toEqual([{ guardrail: "email", stage: "output", label: "email", action: "report" }])
  }
})

const labelsOf = async (gateway: TestGateway, response: Response): Promise<unknown> => {
  const found = await gateway.get(`/api/v1/generation?id=${response.headers.get("x-generation-id")}`)
  return ((await found.json()) as { data: { labels: unknown } }).data.labels
}

test("several run in the order of plugins.use, each on what the one before left", async () => {
  const first = guardrailText("first", "/alpha/g", 'action: "mask"')
  // Only finds what the first one writes.
  const second = guardrailText("second", "/<FIRST>/g", 'action: "mask"')
  for (const [use, wanted] of [
    [["first", "second"], "<SECOND> beta"],
    [["second", "first"], "<FIRST> beta"],
  ] as const) {
    const gateway = await mockWith({ "a.ts": first, "b.ts": second }, { use: use.map((name) => ({ name })) })
    for (const stream of [false, true])
      expect((await said(await gateway.chat(script({ text: "alpha beta" }, { stream })), stream)).text).toBe(wanted)
  }
})

describe("a guardrail that does not do its work lets nothing through", () => {
  const broken = (detect: string, stages = '["input", "output"]') =>
    pluginText("broken", `{ guardrails: [{ name: "broken", stages: ${stages}, window: 4, detect: ${detect} }] }`)
  // Loading has the same deadline: short only where something must run into it.
  const deadlineFor = (way: string) => (way === "hangs" ? { hook_seconds: 0.5 } : {})
  const ways = {
    throws: '() => { throw new Error("out of order") }',
    rejects: 'async () => { throw new Error("out of order") }',
    "answers nothing": "() => undefined",
    hangs: "() => new Promise(() => {})",
  }
  for (const [way, detect] of Object.entries(ways)) {
    test(`${way} at the input`, async () => {
      const rig = await rigWith("text", { "broken.ts": broken(detect) }, deadlineFor(way))
      const response = await rig.gateway.chat(ask("hi"))
      expect((await errorOf(response)).code).toBe("plugin_failed")
      expect(rig.fakes[0]!.count).toBe(0)
    })

    for (const stream of [false, true]) {
      test(`${way} at the output (${stream ? "streamed" : "whole"})`, async () => {
        const rig = await rigWith("text", { "broken.ts": broken(detect, '["output"]') }, deadlineFor(way))
        const text = await (await rig.gateway.chat(ask("hi", { stream }))).text()
        expect(text).toContain('"plugin_failed"')
        expect(text).not.toContain("Hello")
      })
    }
  }

  test("is switched off after failures, and still lets nothing through", async () => {
    const rig = await rigWith("text", { "broken.ts": broken(ways.throws) }, { failures: 2, retry_seconds: 1000 })
    for (let round = 0; round < 4; round++)
      expect((await errorOf(await rig.gateway.chat(ask("hi")))).code).toBe("plugin_failed")
    expect(rig.fakes[0]!.count).toBe(0)
  })
})
