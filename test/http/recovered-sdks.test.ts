import { afterAll, describe, expect, test } from "bun:test"
import { createAnthropic } from "@ai-sdk/anthropic"
import { createGoogle } from "@ai-sdk/google"
import { createOpenAI } from "@ai-sdk/openai"
import { createOpenAICompatible } from "@ai-sdk/openai-compatible"
import Anthropic from "@anthropic-ai/sdk"
import { type LanguageModel, streamText } from "ai"
import OpenAI from "openai"
import { continuingProvider, modelOf, startContinuing, type WireFormat, wholeText } from "../kit/continuing.ts"
import { inferenceKey, startGateway } from "../kit/gateway.ts"

/** The official SDKs judge streams of which two upstreams made one: each breaks a rule loudly, or lacks words. */
const formats: readonly WireFormat[] = ["chat", "messages", "gemini"]
const judges = ["openai", "responses", "anthropic", "ai-compatible", "ai-responses", "ai-anthropic", "ai-google"]
const pairs = formats.flatMap((first) => formats.map((second) => ({ first, second })))
const nameOf = (judge: string, { first, second }: (typeof pairs)[number]) => `test/${judge}-${first}-${second}`

const upstream = await startContinuing()
const models = (side: "first" | "second", format: WireFormat) =>
  judges.flatMap((judge) =>
    pairs
      .filter((pair) => pair[side] === format)
      .map((pair) => {
        const id = nameOf(judge, pair)
        return { id, upstream: modelOf(format, side === "first" ? "reset-6" : "whole", id.slice(5)) }
      }),
  )
const gateway = await startGateway({
  providers: (["first", "second"] as const).flatMap((side) =>
    formats.map((format) => continuingProvider(`${side}-${format}`, format, upstream.url, models(side, format))),
  ),
  strategy: "configured",
  routing: { stream_recovery: "continue" },
})
afterAll(async () => {
  await gateway.stop()
  await upstream.stop()
})

const baseURL = `${gateway.url}/v1`
const apiKey = inferenceKey
const prompt = "When does the train leave?"
const openai = new OpenAI({ baseURL, apiKey, maxRetries: 0 })
const anthropic = new Anthropic({ baseURL: gateway.url, apiKey, maxRetries: 0 })

const aiText = async (model: LanguageModel): Promise<string> => {
  const errors: unknown[] = []
  const result = streamText({ model, prompt, maxRetries: 0, onError: ({ error }) => void errors.push(error) })
  const text = await result.text
  expect(errors).toEqual([])
  expect(await result.finishReason).toBe("stop")
  expect((await result.usage).outputTokens).toBeGreaterThan(0)
  return text
}

const ask: Readonly<Record<string, (model: string) => Promise<string>>> = {
  async openai(model) {
    const stream = openai.chat.completions.stream({
      model,
      messages: [{ role: "user", content: prompt }],
      stream_options: { include_usage: true },
    })
    const ids = new Set<string>()
    const served = new Set<string>()
    for await (const chunk of stream) {
      ids.add(chunk.id)
      served.add(chunk.model)
    }
    expect([ids.size, [...served]]).toEqual([1, [model]])
    const reply = await stream.finalChatCompletion()
    expect(reply.choices[0]!.finish_reason).toBe("stop")
    expect(reply.usage!.total_tokens).toBe(reply.usage!.prompt_tokens + reply.usage!.completion_tokens)
    return reply.choices[0]!.message.content ?? ""
  },
  async responses(model) {
    const stream = openai.responses.stream({ model, input: prompt })
    const reply = await stream.finalResponse()
    expect(reply).toMatchObject({ status: "completed", model })
    return reply.output_text
  },
  async anthropic(model) {
    const stream = anthropic.messages.stream({ model, max_tokens: 500, messages: [{ role: "user", content: prompt }] })
    const reply = await stream.finalMessage()
    expect(reply).toMatchObject({ stop_reason: "end_turn", model })
    expect(reply.content.map(({ type }) => type)).toEqual(["text"])
    return reply.content.map((block) => (block.type === "text" ? block.text : "")).join("")
  },
  "ai-compatible": (model) =>
    aiText(createOpenAICompatible({ name: "own", baseURL, apiKey, includeUsage: true })(model)),
  "ai-responses": (model) => aiText(createOpenAI({ baseURL, apiKey }).responses(model)),
  "ai-anthropic": (model) => aiText(createAnthropic({ baseURL, apiKey })(model)),
  "ai-google": (model) => aiText(createGoogle({ baseURL: `${gateway.url}/v1beta`, apiKey })(model)),
}

for (const judge of judges)
  describe(judge, () => {
    for (const pair of pairs)
      test(`takes what ${pair.first} began and ${pair.second} went on with`, async () => {
        expect(await ask[judge]!(nameOf(judge, pair))).toBe(wholeText)
      })
  })
