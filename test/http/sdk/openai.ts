import { expect } from "bun:test"
import OpenAI, { APIError, BadRequestError } from "openai"
import { citySchema, failureOf, prompts, type SdkScenarios, type SdkTarget, said, weatherSchema } from "./scenarios.ts"

type Usage = OpenAI.CompletionUsage & { cost?: number }

export const createOpenAiClient = ({ baseUrl, apiKey }: SdkTarget): OpenAI =>
  new OpenAI({ baseURL: baseUrl, apiKey, maxRetries: 0 })

const user = (content: string): OpenAI.ChatCompletionMessageParam[] => [{ role: "user", content }]

const tools: OpenAI.ChatCompletionTool[] = [
  { type: "function", function: { name: "get_weather", parameters: weatherSchema, strict: true } },
]

const expectUsage = (usage: Usage | null | undefined, completion: number, { priced }: SdkTarget) => {
  expect(usage?.prompt_tokens).toBeGreaterThan(0)
  expect(usage?.completion_tokens).toBe(completion)
  expect(usage?.total_tokens).toBe((usage?.prompt_tokens ?? 0) + completion)
  if (priced) expect(usage?.cost).toBeGreaterThan(0)
}

export const openAiScenarios: SdkScenarios = {
  async plain(target) {
    const reply = await createOpenAiClient(target).chat.completions.create({
      model: target.model,
      messages: user(prompts.plain),
    })
    expect(reply.object).toBe("chat.completion")
    expect(reply.choices).toHaveLength(1)
    expect(reply.choices[0]?.message).toMatchObject({ role: "assistant", content: said.plain })
    expect(reply.choices[0]?.finish_reason).toBe("stop")
    expectUsage(reply.usage, 4, target)
  },

  async stream(target) {
    const stream = await createOpenAiClient(target).chat.completions.create({
      model: target.model,
      messages: user(prompts.stream),
      stream: true,
      stream_options: { include_usage: true },
    })
    const chunks = await Array.fromAsync(stream)
    expect(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? "").join("")).toBe(said.stream)
    expect(new Set(chunks.map((chunk) => chunk.id)).size).toBe(1)
    expect(chunks.filter((chunk) => chunk.choices[0]?.finish_reason === "stop")).toHaveLength(1)
    const usages = chunks.filter((chunk) => chunk.usage)
    expect(usages).toHaveLength(1)
    expectUsage(usages[0]?.usage, 37, target)
  },

  async tools(target) {
    const runner = createOpenAiClient(target).chat.completions.stream({
      model: target.model,
      messages: user(prompts.tools),
      tools,
    })
    const reply = await runner.finalChatCompletion()
    const calls = reply.choices[0]?.message.tool_calls ?? []
    expect(calls.map((call) => call.type)).toEqual(["function", "function"])
    expect(new Set(calls.map((call) => call.id)).size).toBe(2)
    const read = calls.map((call) => (call.type === "function" ? JSON.parse(call.function.arguments) : {}))
    expect(read).toEqual(said.cities.map((city) => ({ city, unit: "celsius" })))
    expect(reply.choices[0]?.finish_reason).toBe("tool_calls")
  },

  async toolTurn(target) {
    const client = createOpenAiClient(target)
    const first = await client.chat.completions.create({
      model: target.model,
      messages: user(prompts.tools),
      tools,
    })
    const asked = first.choices[0]?.message
    if (asked === undefined) throw new Error("no message")
    const results = (asked.tool_calls ?? []).map((call, index) => ({
      role: "tool" as const,
      tool_call_id: call.id,
      content: `${index} degrees`,
    }))
    // The reply goes back as people send it: with everything it came with.
    const messages = [...user(prompts.tools), asked, ...results]
    const second = await client.chat.completions.create({
      model: target.model,
      messages: [...messages, ...user("Thanks")],
      tools,
    })
    expect(second.choices[0]?.message.content).toBe("You said: Thanks")
  },

  async structured(target) {
    const reply = await createOpenAiClient(target).chat.completions.parse({
      model: target.model,
      messages: user(prompts.structured),
      response_format: { type: "json_schema", json_schema: { name: "city", strict: true, schema: citySchema } },
    })
    expect(reply.choices[0]?.message.parsed).toEqual(said.structured)
  },

  async error(target) {
    const request = { model: target.model, messages: user(prompts.error) }
    const failure = await failureOf(createOpenAiClient(target).chat.completions.create(request))
    expect(failure).toBeInstanceOf(BadRequestError)
    expect((failure as BadRequestError).status).toBe(400)
    expect((failure as BadRequestError).message).toContain(said.refusal)
  },

  async streamError(target) {
    const stream = await createOpenAiClient(target).chat.completions.create({
      model: target.model,
      messages: user(prompts.streamError),
      stream: true,
    })
    let text = ""
    const read = async () => {
      for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? ""
    }
    const failure = await failureOf(read())
    expect(failure).toBeInstanceOf(APIError)
    expect((failure as APIError).message).toContain(said.streamError)
    expect(text).toBe(said.beforeError)
  },
}
