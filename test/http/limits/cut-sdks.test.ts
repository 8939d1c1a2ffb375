import { afterAll, beforeAll, expect, test } from "bun:test"
import { createAnthropic } from "@ai-sdk/anthropic"
import { createGoogle } from "@ai-sdk/google"
import { createOpenAI } from "@ai-sdk/openai"
import { createOpenAICompatible } from "@ai-sdk/openai-compatible"
import Anthropic from "@anthropic-ai/sdk"
import { type GenerateContentResponse, GoogleGenAI } from "@google/genai"
import { createOpenRouter } from "@openrouter/ai-sdk-provider"
import { OpenRouter } from "@openrouter/sdk"
import { createRequesty } from "@requesty/ai-sdk"
import { type LanguageModel, streamText } from "ai"
import { generateText as generateTextOf6, streamText as streamTextOf6 } from "ai-6"
import OpenAI from "openai"
import { startGateway, type TestGateway } from "../../kit/gateway.ts"
import { type LongUpstream, startLongUpstream } from "../../kit/long-upstream.ts"

/** An answer that nobody pays the rest of, as the official SDKs read it: the text so far, and a stop for length. */
interface Read {
  readonly text: string
  readonly finish: string | null | undefined
}

const prompt = "hi"
const model = "test/model"

const aiText = async (given: LanguageModel): Promise<Read> => {
  const errors: unknown[] = []
  const result = streamText({ model: given, prompt, maxRetries: 0, onError: ({ error }) => void errors.push(error) })
  const text = await result.text
  expect(errors).toEqual([])
  expect((await result.usage).outputTokens).toBeGreaterThan(0)
  return { text, finish: await result.finishReason }
}

const raise = (error: unknown): never => {
  throw error
}

const fromGoogle = (replies: readonly GenerateContentResponse[]): Read => ({
  text: replies.map(({ text }) => text ?? "").join(""),
  finish: replies.at(-1)?.candidates?.[0]?.finishReason === "MAX_TOKENS" ? "length" : undefined,
})

interface Asked {
  readonly url: string
  readonly apiKey: string
}

const judges: Readonly<Record<string, (asked: Asked) => Promise<Read>>> = {
  async openai({ url, apiKey }) {
    const client = new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0 })
    const stream = client.chat.completions.stream({
      model,
      messages: [{ role: "user", content: prompt }],
      stream_options: { include_usage: true },
    })
    const reply = await stream.finalChatCompletion().catch((thrown) => {
      // Its helper throws for every answer that was cut at a limit, and has read it all the same.
      if (thrown instanceof OpenAI.APIError || !/length/.test(String(thrown))) throw thrown
      return stream.currentChatCompletionSnapshot!
    })
    return { text: reply.choices[0]!.message.content ?? "", finish: reply.choices[0]!.finish_reason }
  },
  async "openai responses"({ url, apiKey }) {
    const client = new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0 })
    const reply = await client.responses.stream({ model, input: prompt }).finalResponse()
    expect(reply.status).toBe("incomplete")
    return {
      text: reply.output_text,
      finish: reply.incomplete_details?.reason === "max_output_tokens" ? "length" : undefined,
    }
  },
  async anthropic({ url, apiKey }) {
    const client = new Anthropic({ baseURL: url, apiKey, maxRetries: 0 })
    const messages = [{ role: "user" as const, content: prompt }]
    const reply = await client.messages.stream({ model, max_tokens: 9000, messages }).finalMessage()
    const text = reply.content.map((block) => (block.type === "text" ? block.text : "")).join("")
    expect(reply.usage.output_tokens).toBeGreaterThan(0)
    return { text, finish: reply.stop_reason === "max_tokens" ? "length" : reply.stop_reason }
  },
  async openrouter({ url, apiKey }) {
    const client = new OpenRouter({ serverURL: `${url}/api/v1`, apiKey, retryConfig: { strategy: "none" } })
    const stream = await client.chat.send({
      chatRequest: { model, messages: [{ role: "user", content: prompt }], stream: true },
    })
    if ("choices" in stream) throw new Error("no stream, where one was asked for")
    let text = ""
    let finish: string | null | undefined
    for await (const { choices } of stream) {
      text += choices[0]?.delta.content ?? ""
      finish ??= choices[0]?.finishReason as string | null | undefined
    }
    return { text, finish }
  },
  async google({ url, apiKey }) {
    const client = new GoogleGenAI({ apiKey, httpOptions: { baseUrl: url } })
    const replies = await Array.fromAsync(await client.models.generateContentStream({ model, contents: prompt }))
    return fromGoogle(replies)
  },
  async "openai, whole"({ url, apiKey }) {
    const client = new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0 })
    const reply = await client.chat.completions.create({ model, messages: [{ role: "user", content: prompt }] })
    return { text: reply.choices[0]!.message.content ?? "", finish: reply.choices[0]!.finish_reason }
  },
  async "openai responses, whole"({ url, apiKey }) {
    const client = new OpenAI({ baseURL: `${url}/v1`, apiKey, maxRetries: 0 })
    const reply = await client.responses.create({ model, input: prompt })
    expect(reply.status).toBe("incomplete")
    return {
      text: reply.output_text,
      finish: reply.incomplete_details?.reason === "max_output_tokens" ? "length" : undefined,
    }
  },
  async "anthropic, whole"({ url, apiKey }) {
    const client = new Anthropic({ baseURL: url, apiKey, maxRetries: 0 })
    const messages = [{ role: "user" as const, content: prompt }]
    const reply = await client.messages.create({ model, max_tokens: 9000, messages })
    const text = reply.content.map((block) => (block.type === "text" ? block.text : "")).join("")
    return { text, finish: reply.stop_reason === "max_tokens" ? "length" : reply.stop_reason }
  },
  async "openrouter, whole"({ url, apiKey }) {
    const client = new OpenRouter({ serverURL: `${url}/api/v1`, apiKey, retryConfig: { strategy: "none" } })
    const reply = await client.chat.send({
      chatRequest: { model, messages: [{ role: "user", content: prompt }], stream: false },
    })
    if (!("choices" in reply)) throw new Error("a stream, where none was asked for")
    const [choice] = reply.choices
    return { text: String(choice!.message.content), finish: choice!.finishReason as string }
  },
  async "google, whole"({ url, apiKey }) {
    const client = new GoogleGenAI({ apiKey, httpOptions: { baseUrl: url } })
    return fromGoogle([await client.models.generateContent({ model, contents: prompt })])
  },
  async requesty({ url, apiKey }) {
    const given = createRequesty({ apiKey, baseURL: `${url}/v1` })(model) as never
    const result = streamTextOf6({ model: given, prompt, maxRetries: 0, onError: ({ error }) => raise(error) })
    return { text: await result.text, finish: await result.finishReason }
  },
  async "requesty, whole"({ url, apiKey }) {
    const given = createRequesty({ apiKey, baseURL: `${url}/v1` })(model) as never
    const { text, finishReason } = await generateTextOf6({ model: given, prompt, maxRetries: 0 })
    return { text, finish: finishReason }
  },
  "ai-compatible": ({ url, apiKey }) =>
    aiText(createOpenAICompatible({ name: "own", baseURL: `${url}/v1`, apiKey, includeUsage: true })(model)),
  "ai-openrouter": ({ url, apiKey }) => aiText(createOpenRouter({ baseURL: `${url}/api/v1`, apiKey })(model)),
  "ai-responses": ({ url, apiKey }) => aiText(createOpenAI({ baseURL: `${url}/v1`, apiKey }).responses(model)),
  "ai-anthropic": ({ url, apiKey }) => aiText(createAnthropic({ baseURL: `${url}/v1`, apiKey })(model)),
  "ai-google": ({ url, apiKey }) => aiText(createGoogle({ baseURL: `${url}/v1beta`, apiKey })(model)),
}

const tokenOf = (name: string): string => `key-of-${name.replace(/\W+/g, "-")}-0123456789`
let upstream: LongUpstream
let gateway: TestGateway
const holding: Promise<unknown>[] = []
const leave = new AbortController()

/** What may think unseen holds all that it may cost. */
const unwatched = { reasoning_effort: "low" }

beforeAll(async () => {
  upstream = startLongUpstream({ words: 3000, stallAfter: 2500, wholeHangs: true })
  // What pays for 4000 words, of which somebody else holds 3000.
  const limit = (4000 * 10) / 1e6 + 0.0001
  gateway = await startGateway({
    keys: Object.keys(judges).map((name) => ({ name, key: tokenOf(name), limit, limit_reset: "daily" })),
    providers: [
      {
        id: "p",
        plugin: "openai-compatible",
        base_url: upstream.url,
        api_key: "k",
        models: [{ id: model, upstream: "m", price: { input: 1, output: 10 }, max_output: 128_000 }],
      },
    ],
  })
  for (const [index, name] of Object.keys(judges).entries()) {
    const came = index + 1
    holding.push(
      fetch(`${gateway.url}/v1/chat/completions`, {
        method: "POST",
        headers: { authorization: `Bearer ${tokenOf(name)}` },
        body: JSON.stringify({ model, messages: [{ role: "user", content: prompt }], max_tokens: 3000, ...unwatched }),
        signal: leave.signal,
      }).catch(() => {}),
    )
    await upstream.came(came)
  }
})

afterAll(async () => {
  leave.abort()
  await Promise.all(holding)
  await gateway.stop()
  await upstream.stop()
})

test.each(Object.keys(judges))("%s", async (name) => {
  const { text, finish } = await judges[name]!({ url: gateway.url, apiKey: tokenOf(name) })
  expect(finish).toBe("length")
  const words = text.split(" ")
  expect(words.length).toBeGreaterThan(300)
  expect(words.length).toBeLessThan(1000)
  expect(new Set(words)).toEqual(new Set(["word"]))
})
