import { afterAll, describe, expect, test } from "bun:test"
import OpenAI from "openai"
import { startFakeAnthropic } from "../kit/fake-anthropic.ts"
import { startFakeGemini } from "../kit/fake-gemini.ts"
import { startFakeOpenAi } from "../kit/fake-openai.ts"
import { inferenceKey, startGateway } from "../kit/gateway.ts"
import { generationOf } from "../kit/upstreams.ts"

/** One SDK, three upstream families, each behind a fake that refuses what the real API refuses. */
const openai = await startFakeOpenAi()
const anthropic = startFakeAnthropic()
const gemini = startFakeGemini()
const price = { input: 3, output: 15, cache_read: 0.3, cache_write: 3.75 }
const gateway = await startGateway({
  providers: [
    { id: "openai", base_url: openai.url, api_key: "k", models: [{ id: "openai/gpt-4o-mini", price }] },
    { id: "anthropic", base_url: anthropic.url, api_key: "k", models: [{ id: "anthropic/claude-sonnet-4-5", price }] },
    { id: "google", base_url: gemini.url, api_key: "k", models: [{ id: "google/gemini-3-pro", price }] },
  ],
  retries: { same_upstream: 0 },
})
afterAll(async () => {
  await gateway.stop()
  await Promise.all([openai.stop(), anthropic.stop(), gemini.stop()])
})

const client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: inferenceKey, maxRetries: 0 })
const tools: OpenAI.ChatCompletionTool[] = [
  {
    type: "function",
    function: {
      name: "get_weather",
      description: "Weather of a city",
      parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
    },
  },
]

/** What makes each fake do the same thing. */
const families = [
  { model: "openai/gpt-4o-mini", tools: "!parallel-tools", overflow: "!error-context" },
  { model: "anthropic/claude-sonnet-4-5", tools: "parallel tools", overflow: "overflow" },
  { model: "google/gemini-3-pro", tools: "parallel tools", overflow: "overflow" },
] as const

for (const family of families) {
  describe(family.model, () => {
    const { model } = family
    test("whole, with usage and cost", async () => {
      const reply = await client.chat.completions.create({
        model,
        messages: [
          { role: "system", content: "Be brief." },
          { role: "user", content: "Hello" },
        ],
      })
      expect(reply.model).toBe(model)
      expect(reply.choices[0]!.message.content).toBeString()
      expect(reply.choices[0]!.finish_reason).toBe("stop")
      expect((reply.usage as { cost?: number }).cost).toBeGreaterThan(0)
      expect(reply.usage!.total_tokens).toBe(reply.usage!.prompt_tokens + reply.usage!.completion_tokens)
    })

    test("streamed, the pieces are the whole", async () => {
      const stream = await client.chat.completions.create({
        model,
        messages: [{ role: "user", content: "Hello" }],
        stream: true,
        stream_options: { include_usage: true },
      })
      let text = ""
      let cost: number | undefined
      for await (const chunk of stream) {
        text += chunk.choices[0]?.delta.content ?? ""
        cost = (chunk.usage as { cost?: number } | undefined)?.cost ?? cost
      }
      const whole = await client.chat.completions.create({ model, messages: [{ role: "user", content: "Hello" }] })
      expect(text).toBe(whole.choices[0]!.message.content!)
      expect(cost).toBeGreaterThan(0)
    })

    test("parallel tools, then their results", async () => {
      const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: "user", content: family.tools }]
      const first = await client.chat.completions.create({ model, messages, tools })
      const calls = first.choices[0]!.message.tool_calls!
      expect(first.choices[0]!.finish_reason).toBe("tool_calls")
      expect(calls.length).toBe(2)
      expect(new Set(calls.map(({ id }) => id)).size).toBe(2)
      for (const call of calls) if (call.type === "function") expect(JSON.parse(call.function.arguments)).toBeObject()
      // The message goes back exactly as it came, as every SDK's tool loop does.
      messages.push(
        first.choices[0]!.message,
        ...calls.map(({ id }) => ({ role: "tool" as const, tool_call_id: id, content: "sunny" })),
      )
      const second = await client.chat.completions.create({ model, messages, tools })
      // The OpenAI fake plays its scenario again; what counts is that a strict upstream took the history.
      expect(["stop", "tool_calls"]).toContain(second.choices[0]!.finish_reason)
    })

    test("streamed tool calls have ids, indexes and whole arguments", async () => {
      const stream = client.chat.completions.stream({
        model,
        messages: [{ role: "user", content: family.tools }],
        tools,
      })
      const calls = (await stream.finalChatCompletion()).choices[0]!.message.tool_calls!
      expect(calls.length).toBe(2)
    })

    test("an input that is too long", async () => {
      const failure = await client.chat.completions
        .create({ model, messages: [{ role: "user", content: family.overflow }] })
        .catch((error: unknown) => error)
      expect(failure).toMatchObject({ status: 400, code: "context_length_exceeded" })
    })

    test("an image and a PDF are carried", async () => {
      const pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
      const reply = await client.chat.completions.create({
        model,
        messages: [
          {
            role: "user",
            content: [
              { type: "text", text: "What is this?" },
              { type: "image_url", image_url: { url: `data:image/png;base64,${pixel}` } },
              {
                type: "file",
                file: {
                  filename: "a.pdf",
                  file_data: `data:application/pdf;base64,${Buffer.from("%PDF-1.4 test").toString("base64")}`,
                },
              },
            ],
          },
        ],
      })
      expect(reply.choices[0]!.message.content).toBeString()
    })

    test("a parameter that cannot be carried is in the losses, and refused in strict mode", async () => {
      const body = { model, messages: [{ role: "user", content: "Hello" }], logit_bias: { "50256": -100 }, seed: 7 }
      const response = await gateway.chat(body)
      expect(response.status).toBe(200)
      const { losses, attempts } = await generationOf(gateway, response)
      if (attempts.at(-1)!.lane === "native") {
        expect(losses).toEqual([])
        return
      }
      expect(losses.map(({ path }) => path)).toContain("logit_bias")
      expect(response.headers.get("x-signalbox-losses")).toContain("dropped=logit_bias")
      const strict = await gateway.chat(body, { "x-signalbox-strict": "true" })
      expect(strict.status).toBe(400)
      expect(await strict.text()).toContain("logit_bias")
    })
  })
}

test("one falls back to the other, in the client's own words", async () => {
  const response = await gateway.chat({
    model: "anthropic/claude-sonnet-4-5",
    models: ["google/gemini-3-pro"],
    messages: [{ role: "user", content: "spend limit" }],
  })
  expect(response.status).toBe(200)
  expect(((await response.json()) as { model: string }).model).toBe("google/gemini-3-pro")
})

test("signed reasoning survives the next turn at its own vendor", async () => {
  for (const model of ["anthropic/claude-sonnet-4-5", "google/gemini-3-pro"]) {
    const ask = {
      model,
      messages: [{ role: "user", content: "thinking tool" }],
      tools,
      reasoning: { effort: "medium" },
    }
    const first = (await (await gateway.post("/api/v1/chat/completions", ask)).json()) as {
      choices: { message: { tool_calls: { id: string }[] } }[]
    }
    const { message } = first.choices[0]!
    const second = await gateway.post("/api/v1/chat/completions", {
      ...ask,
      messages: [
        ...ask.messages,
        message,
        ...message.tool_calls.map(({ id }) => ({ role: "tool", tool_call_id: id, content: "sunny" })),
      ],
    })
    expect(await second.text()).not.toContain('"error"')
    expect(second.status).toBe(200)
  }
})
