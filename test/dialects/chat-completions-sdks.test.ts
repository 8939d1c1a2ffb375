import { describe, expect, test } from "bun:test"
import { createOpenRouter } from "@openrouter/ai-sdk-provider"
import { HTTPClient, OpenRouter } from "@openrouter/sdk"
import { createRequesty } from "@requesty/ai-sdk"
import { generateText, streamText } from "ai"
import { generateText as generateTextOf6, streamText as streamTextOf6 } from "ai-6"
import OpenAI from "openai"
import type { ChatPart, Face, ReplyPatch } from "../../src/contract/index.ts"
import {
  chatCompletions,
  chatCompletionsClient,
  createSseDecoder,
  openrouterFace,
  requestyFace,
} from "../../src/dialects/index.ts"
import { asked } from "../kit/asked.ts"
import { estimate } from "../kit/chat-completions.ts"
import { chatStreams } from "../kit/chat-streams.ts"

/** The vendors' own clients judge what the encoders and the native lane write. No server: their `fetch` is given. */

const request = chatCompletionsClient.decodeRequest({ messages: [{ role: "user", content: "hi" }] })
const identity = { id: "gen-1", model: "a/b", provider: "acme", providerName: "Acme", createdSeconds: 1_790_000_000 }

const partsOf = (stream: string): ChatPart[] => {
  let count = 0
  const decoder = chatCompletions.decodeStream({
    profile: {},
    model: "m",
    request,
    newId: (prefix) => `${prefix}${count++}`,
  })
  const sse = createSseDecoder()
  const events = [...sse.push(new TextEncoder().encode(stream)), ...sse.end()]
  return [...events.flatMap((event) => decoder.push(event)), ...decoder.end()]
}

const lanes = {
  translated: (stream: string, face: Face) => {
    const encoder = chatCompletionsClient.encodeStream(identity, face, {
      includeUsage: true,
      price: () => 0.5,
      context: { requestId: "r" },
      request: asked,
    })
    return (
      partsOf(stream)
        .map((part) => encoder.push(part))
        .join("") + encoder.end()
    )
  },
  native: (stream: string, face: Face) => {
    const patch: ReplyPatch = {
      id: identity.id,
      model: "a/b",
      face: face.name,
      provider: "Acme",
      includeUsage: true,
      price: () => 0.5,
      estimate,
    }
    const tap = chatCompletions.native!.stream(patch, "acme")
    const out = tap.push(new TextEncoder().encode(stream)) ?? new Uint8Array()
    return Buffer.concat([out, tap.end() ?? new Uint8Array()]).toString()
  },
}

const answering = (body: string, type: string) =>
  (async () => new Response(body, { headers: { "content-type": type } })) as unknown as typeof fetch
const whole = (stream: string, face: Face) =>
  answering(
    JSON.stringify(chatCompletionsClient.encodeReply(partsOf(stream), identity, face, 0.5, asked)),
    "application/json",
  )

const expected: Readonly<Record<string, { text: string; calls: number }>> = {
  openai: { text: 'Grüße from "Köln"\n\t😀 a\\b end', calls: 0 },
  "vllm with reasoning": { text: "The answer is 42", calls: 0 },
  "parallel tool calls": { text: "", calls: 2 },
  openrouter: { text: "Yes.", calls: 0 },
}
const cases = Object.entries(expected).flatMap(([name, answer]) =>
  (["translated", "native"] as const).map((lane) => ({ name, lane, answer, stream: chatStreams[name] ?? "" })),
)
const messages = [{ role: "user" as const, content: "hi" }]

describe.each(cases)("$name, $lane lane", ({ lane, stream, answer }) => {
  const streamed = (face: Face) => answering(lanes[lane](stream, face), "text/event-stream")

  test.each([requestyFace, openrouterFace])("openai, streamed, $name face", async (face) => {
    const client = new OpenAI({ apiKey: "k", baseURL: "http://gateway.test/v1", fetch: streamed(face) })
    const final = await client.chat.completions.stream({ model: "a/b", messages }).finalChatCompletion()
    expect(final.choices[0]?.message.content ?? "").toBe(answer.text)
    expect(final.choices[0]?.message.tool_calls?.length ?? 0).toBe(answer.calls)
    for (const call of final.choices[0]?.message.tool_calls ?? [])
      if (call.type === "function") expect(JSON.parse(call.function.arguments)).toBeObject()
  })

  test("@requesty/ai-sdk, streamed", async () => {
    const model = createRequesty({ apiKey: "k", baseURL: "http://gateway.test/v1", fetch: streamed(requestyFace) })(
      "a/b",
    )
    const result = streamTextOf6({
      model: model as never,
      prompt: "hi",
      onError: ({ error }) => {
        throw error
      },
    })
    expect(await result.text).toBe(answer.text)
    expect((await result.toolCalls).length).toBe(answer.calls)
    expect((await result.usage).inputTokens).toBeGreaterThan(0)
  })

  test("@openrouter/ai-sdk-provider, streamed", async () => {
    const model = createOpenRouter({
      apiKey: "k",
      baseURL: "http://gateway.test/api/v1",
      fetch: streamed(openrouterFace),
    })("a/b")
    const result = streamText({
      model,
      prompt: "hi",
      onError: ({ error }) => {
        throw error
      },
    })
    expect(await result.text).toBe(answer.text)
    expect((await result.toolCalls).length).toBe(answer.calls)
    expect((await result.providerMetadata)?.openrouter).toMatchObject({ usage: { cost: 0.5 } })
  })

  test("@openrouter/sdk, streamed", async () => {
    const client = new OpenRouter({
      apiKey: "k",
      serverURL: "http://gateway.test/api/v1",
      httpClient: new HTTPClient({ fetcher: streamed(openrouterFace) }),
    })
    const chunks = await client.chat.send({ chatRequest: { model: "a/b", messages, stream: true } })
    if (!(Symbol.asyncIterator in chunks)) throw new Error("no stream")
    let text = ""
    for await (const chunk of chunks) text += chunk.choices[0]?.delta.content ?? ""
    expect(text).toBe(answer.text)
  })
})

describe.each(Object.entries(expected))("%s, whole", (name, answer) => {
  const stream = chatStreams[name] ?? ""
  test("@requesty/ai-sdk", async () => {
    const model = createRequesty({
      apiKey: "k",
      baseURL: "http://gateway.test/v1",
      fetch: whole(stream, requestyFace),
    })("a/b")
    const result = await generateTextOf6({ model: model as never, prompt: "hi" })
    expect([result.text, result.toolCalls.length]).toEqual([answer.text, answer.calls])
  })
  test("@openrouter/ai-sdk-provider", async () => {
    const model = createOpenRouter({
      apiKey: "k",
      baseURL: "http://gateway.test/api/v1",
      fetch: whole(stream, openrouterFace),
    })("a/b")
    const result = await generateText({ model, prompt: "hi" })
    expect([result.text, result.toolCalls.length]).toEqual([answer.text, answer.calls])
  })
  test("@openrouter/sdk", async () => {
    const client = new OpenRouter({
      apiKey: "k",
      serverURL: "http://gateway.test/api/v1",
      httpClient: new HTTPClient({ fetcher: whole(stream, openrouterFace) }),
    })
    const result = await client.chat.send({ chatRequest: { model: "a/b", messages } })
    if (!("choices" in result)) throw new Error("no reply")
    expect(result.choices[0]?.message.content ?? "").toBe(answer.text)
    expect(result.usage?.promptTokens).toBeGreaterThan(0)
  })
})
