import { afterEach, describe, expect, test } from "bun:test"
import { startFakeAnthropic } from "../kit/fake-anthropic.ts"
import { events, startGateway, type TestGateway } from "../kit/gateway.ts"
import { ask, generationOf, type Rig, startRig } from "../kit/upstreams.ts"

let rig: Rig | undefined
const open: (() => unknown)[] = []
afterEach(async () => {
  await rig?.stop()
  rig = undefined
  for (const close of open.splice(0)) await close()
})

/** The ways to ask for an answer without the thoughts behind it. */
const wishes = [
  { reasoning: { exclude: true } },
  { include_reasoning: false },
  { reasoning: { effort: "high", exclude: true } },
]
const traces = ["reasoning", "reasoning_content", "reasoning_details", "reasoning_signature"]

describe("reasoning that the client does not want to see", () => {
  for (const wish of wishes) {
    for (const stream of [false, true]) {
      for (const path of ["/v1/chat/completions", "/api/v1/chat/completions"]) {
        test(`${JSON.stringify(wish)} on ${path} (${stream ? "streamed" : "whole"})`, async () => {
          rig = await startRig(["reasoning"])
          const shown = await (await rig.gateway.post(path, ask("hi", { stream }))).text()
          expect(shown).toContain("Two")
          const response = await rig.gateway.post(path, ask("hi", { stream, ...wish }))
          const text = await response.text()
          expect(text).toContain("4.")
          expect(text).not.toContain("Two")
          for (const trace of traces) expect(text).not.toContain(`"${trace}"`)
          // It was made, and costs.
          const { tokens_completion, total_cost } = await generationOf(rig.gateway, response)
          expect(tokens_completion).toBe(7)
          expect(total_cost).toBeGreaterThan(0)
        })
      }
    }
  }

  test("a provider of its own parts, a script of the mock", async () => {
    const gateway = await startGateway({ providers: [{ id: "mock" }] })
    open.push(() => gateway.stop())
    const script = JSON.stringify({ reasoning: "secret thought", text: "answer" })
    const body = { model: "mock/script", messages: [{ role: "user", content: script }] }
    expect(await (await gateway.chat(body)).text()).toContain("secret thought")
    for (const stream of [false, true]) {
      const hidden = await (await gateway.chat({ ...body, stream, reasoning: { exclude: true } })).text()
      expect(hidden).toContain("answer")
      expect(hidden).not.toContain("thought")
    }
  })
})

describe("a bare reasoning_signature", () => {
  const claude = "anthropic/claude-sonnet-4-5"
  const tools = [{ type: "function", function: { name: "weather", parameters: { type: "object", properties: {} } } }]
  interface Turn {
    readonly reasoning_content: string
    readonly reasoning_signature: string
    readonly reasoning_details?: unknown
    readonly tool_calls: readonly { readonly id: string }[]
  }

  async function conversation(): Promise<{
    gateway: TestGateway
    fake: ReturnType<typeof startFakeAnthropic>
    turn: Turn
  }> {
    const fake = startFakeAnthropic()
    const imitator = startFakeAnthropic()
    const gateway = await startGateway({
      providers: [
        { id: "anthropic", base_url: fake.url, api_key: "k", models: [{ id: claude, upstream: "claude-sonnet-4-5" }] },
      ],
    })
    open.push(
      () => gateway.stop(),
      () => fake.stop(),
      () => imitator.stop(),
    )
    const response = await gateway.chat({
      model: claude,
      max_tokens: 4000,
      reasoning: { max_tokens: 2000 },
      tools,
      messages: [{ role: "user", content: "thinking tool" }],
    })
    const body = (await response.json()) as { choices: [{ message: Turn }] }
    return { gateway, fake, turn: body.choices[0].message }
  }
  /** As Requesty's SDK sends a turn back: no details, no format. */
  const next = ({ reasoning_content, tool_calls }: Turn, reasoning_signature: string) => ({
    model: claude,
    max_tokens: 4000,
    reasoning: { max_tokens: 2000 },
    tools,
    messages: [
      { role: "user", content: "thinking tool" },
      { role: "assistant", content: "", reasoning_content, reasoning_signature, tool_calls },
      { role: "tool", tool_call_id: tool_calls[0]!.id, content: "rain" },
    ],
  })

  test("goes back to the vendor that made it, byte for byte", async () => {
    const { gateway, fake, turn } = await conversation()
    const response = await gateway.chat(next(turn, turn.reasoning_signature))
    expect(response.status).toBe(200)
    const [thought] = (fake.requests.at(-1)!.body as unknown as { messages: { content: object[] }[] }).messages[1]!
      .content
    expect(thought).toEqual({ type: "thinking", thinking: turn.reasoning_content, signature: turn.reasoning_signature })
    expect(response.headers.get("x-signalbox-losses")).toBeNull()
  })

  test("that nobody vouches for goes to nobody, whatever model is asked, and the losses say so", async () => {
    const { gateway, fake, turn } = await conversation()
    const response = await gateway.chat(next(turn, "c2lnbmF0dXJlIG9mIGFub3RoZXIgdmVuZG9y"))
    expect(response.status).toBe(200)
    expect(JSON.stringify(fake.requests.at(-1)!.body)).not.toContain("c2lnbmF0dXJl")
    expect(response.headers.get("x-signalbox-losses")).toContain("dropped=messages[1].reasoning_signature")
  })

  test("of Claude does not reach another vendor", async () => {
    const { gateway, turn } = await conversation()
    const other = startFakeAnthropic()
    open.push(() => other.stop())
    await gateway.configure({
      providers: [
        {
          id: "imitator",
          plugin: "anthropic-compatible",
          base_url: other.url,
          api_key: "k",
          models: [{ id: "other/model", upstream: "other" }],
        },
      ],
    })
    const response = await gateway.chat({ ...next(turn, turn.reasoning_signature), model: "other/model" })
    await response.text()
    expect(other.requests).not.toHaveLength(0)
    expect(JSON.stringify(other.requests.at(-1)!.body)).not.toContain(turn.reasoning_signature)
  })
})

test("a stream passes the signature on, and takes it back", async () => {
  const fake = startFakeAnthropic()
  const gateway = await startGateway({
    providers: [
      { id: "anthropic", base_url: fake.url, api_key: "k", models: [{ id: "a/b", upstream: "claude-sonnet-4-5" }] },
    ],
  })
  open.push(
    () => gateway.stop(),
    () => fake.stop(),
  )
  const thinking = { model: "a/b", max_tokens: 4000, reasoning: { max_tokens: 2000 } }
  const seen = await events(
    await gateway.chat({ ...thinking, stream: true, messages: [{ role: "user", content: "thinking" }] }),
  )
  const signature = /"reasoning_signature":"([^"]+)"/.exec(seen.join(""))?.[1]
  expect(signature).toBeString()
  await gateway.chat({
    ...thinking,
    messages: [
      { role: "user", content: "thinking" },
      { role: "assistant", content: "42", reasoning_content: "Six times seven is 42.", reasoning_signature: signature },
      { role: "user", content: "text" },
    ],
  })
  expect(JSON.stringify(fake.requests.at(-1)!.body)).toContain(signature!)
})
