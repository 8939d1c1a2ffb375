import { expect } from "bun:test"
import { OpenRouter } from "@openrouter/sdk"
import type { ChatRequest, ChatResult, ChatStreamChunk, ChatUsage } from "@openrouter/sdk/models"
import { BadRequestResponseError } from "@openrouter/sdk/models/errors"
import { citySchema, failureOf, prompts, type SdkScenarios, type SdkTarget, said, weatherSchema } from "./scenarios.ts"

export const createOpenRouterClient = ({ baseUrl, apiKey }: SdkTarget): OpenRouter =>
  new OpenRouter({ serverURL: baseUrl, apiKey, retryConfig: { strategy: "none" } })

type Asked = Omit<ChatRequest, "model" | "stream">

const send = async (target: SdkTarget, request: Asked): Promise<ChatResult> => {
  const answer = await createOpenRouterClient(target).chat.send({
    chatRequest: { ...request, model: target.model, stream: false },
  })
  if (!("choices" in answer)) throw new Error("a stream, where none was asked for")
  return answer
}

const stream = async (target: SdkTarget, request: Asked): Promise<AsyncIterable<ChatStreamChunk>> => {
  const answer = await createOpenRouterClient(target).chat.send({
    chatRequest: { ...request, model: target.model, stream: true },
  })
  if ("choices" in answer) throw new Error("no stream, where one was asked for")
  return answer
}

const user = (content: string): ChatRequest["messages"] => [{ role: "user", content }]

const tools: NonNullable<ChatRequest["tools"]> = [
  { type: "function", function: { name: "get_weather", parameters: weatherSchema } },
]

const expectUsage = (usage: ChatUsage | undefined, completion: number, { priced }: SdkTarget) => {
  expect(usage?.promptTokens).toBeGreaterThan(0)
  expect(usage?.completionTokens).toBe(completion)
  expect(usage?.totalTokens).toBe((usage?.promptTokens ?? 0) + completion)
  if (priced) expect(usage?.cost).toBeGreaterThan(0)
}

const textOf = (reply: ChatResult): unknown => reply.choices[0]?.message.content

export const openRouterScenarios: SdkScenarios = {
  async plain(target) {
    const reply = await send(target, { messages: user(prompts.plain) })
    expect(textOf(reply)).toBe(said.plain)
    expect(reply.choices[0]?.finishReason).toBe("stop")
    expectUsage(reply.usage, 4, target)
  },

  async stream(target) {
    const chunks = await Array.fromAsync(
      await stream(target, { messages: user(prompts.stream), streamOptions: { includeUsage: true } }),
    )
    expect(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? "").join("")).toBe(said.stream)
    expectUsage(chunks.findLast((chunk) => chunk.usage)?.usage, 37, target)
  },

  async tools(target) {
    const chunks = await Array.fromAsync(await stream(target, { messages: user(prompts.tools), tools }))
    const pieces = chunks.flatMap((chunk) => chunk.choices[0]?.delta.toolCalls ?? [])
    const read = [0, 1].map((index) => {
      const own = pieces.filter((piece) => piece.index === index)
      return JSON.parse(own.map((piece) => piece.function?.arguments ?? "").join(""))
    })
    expect(read).toEqual(said.cities.map((city) => ({ city, unit: "celsius" })))
  },

  async toolTurn(target) {
    const first = await send(target, { messages: user(prompts.tools), tools })
    const asked = first.choices[0]?.message
    if (asked === undefined) throw new Error("no message")
    const results = (asked.toolCalls ?? []).map((call) => ({
      role: "tool" as const,
      toolCallId: call.id,
      content: "20 degrees",
    }))
    const messages = [...user(prompts.tools), asked, ...results, ...user("Thanks")]
    expect(textOf(await send(target, { messages, tools }))).toBe("You said: Thanks")
  },

  async structured(target) {
    const reply = await send(target, {
      messages: user(prompts.structured),
      responseFormat: { type: "json_schema", jsonSchema: { name: "city", strict: true, schema: citySchema } },
    })
    expect(JSON.parse(String(textOf(reply)))).toEqual(said.structured)
  },

  async error(target) {
    const failure = await failureOf(send(target, { messages: user(prompts.error) }))
    expect(failure).toBeInstanceOf(BadRequestResponseError)
    expect((failure as BadRequestResponseError).message).toContain(said.refusal)
  },

  async streamError(target) {
    let text = ""
    let failure: ChatStreamChunk["error"]
    for await (const chunk of await stream(target, { messages: user(prompts.streamError) })) {
      text += chunk.choices[0]?.delta.content ?? ""
      failure ??= chunk.error
    }
    // This SDK hands the error over as a chunk that must still be one: id, choices and all.
    expect(failure?.message).toContain(said.streamError)
    expect(typeof failure?.code).toBe("number")
    expect(text).toBe(said.beforeError)
  },
}
