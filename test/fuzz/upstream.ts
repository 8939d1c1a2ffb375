import type { JsonObject } from "../../src/contract/index.ts"
import { startFakeAnthropic } from "../kit/fake-anthropic.ts"
import { replies, streamReply, wholeReply } from "../kit/fake-bedrock/answers.ts"
import { startFakeCohere } from "../kit/fake-cohere.ts"
import { startFakeGemini } from "../kit/fake-gemini.ts"
import { startFakeOpenAi } from "../kit/fake-openai.ts"
import { startFakeOpenAiResponses } from "../kit/fake-openai-responses.ts"

export const upstreamFormats = ["chat-completions", "responses", "messages", "gemini", "converse", "cohere"] as const
export type UpstreamFormat = (typeof upstreamFormats)[number]

/** An answer as it was written once, whole and in events. */
export interface Recording {
  readonly whole: JsonObject
  readonly events: readonly (string | Uint8Array)[]
}

const parameters = { type: "object", properties: { city: { type: "string" } } }
const user = (content: string) => [{ role: "user", content }]
const openAiTools = [{ type: "function", function: { name: "get_weather", parameters } }]

/** How each of the fakes is asked for what its scenario says. */
const questions: Readonly<
  Record<Exclude<UpstreamFormat, "converse">, (words: string, stream: boolean) => { path: string; body: JsonObject }>
> = {
  "chat-completions": (words, stream) => ({
    path: "/chat/completions",
    body: {
      model: "m",
      stream,
      ...(stream ? { stream_options: { include_usage: true } } : {}),
      messages: user(words === "hello" ? words : `!${words.replace(" ", "-").replace(/^tool$/, "tools")}`),
    },
  }),
  responses: (words, stream) => ({
    path: "/v1/responses",
    body: {
      model: "m",
      stream,
      store: false,
      input: words,
      tools: [{ type: "function", name: "get_weather", parameters }],
    },
  }),
  messages: (words, stream) => ({
    path: "/v1/messages",
    body: {
      model: "claude-sonnet-4-5",
      max_tokens: 99,
      stream,
      messages: user(words),
      tools: [{ name: "get_weather", input_schema: parameters }],
    },
  }),
  gemini: (words, stream) => ({
    path: `/v1beta/models/gemini-3-pro:${stream ? "streamGenerateContent?alt=sse" : "generateContent"}`,
    body: {
      contents: [{ role: "user", parts: [{ text: words }] }],
      tools: [{ functionDeclarations: [{ name: "get_weather" }] }],
    },
  }),
  cohere: (words, stream) => ({
    path: "/v2/chat",
    body: { model: "command-a-reasoning-08-2025", stream, messages: user(words), tools: openAiTools },
  }),
}

const headers = {
  "content-type": "application/json",
  authorization: "Bearer k",
  "x-api-key": "k",
  "x-goog-api-key": "k",
  "anthropic-version": "2023-06-01",
}

/** What every format answers: words, a call, calls, thoughts. */
export async function record(): Promise<Readonly<Record<UpstreamFormat, readonly Recording[]>>> {
  const fakes = {
    "chat-completions": await startFakeOpenAi({ strict: false }),
    responses: startFakeOpenAiResponses(),
    messages: startFakeAnthropic(),
    gemini: startFakeGemini(),
    cohere: startFakeCohere(),
  }
  const ask = async (format: keyof typeof fakes, words: string, stream: boolean): Promise<string> => {
    const { path, body } = questions[format](words, stream)
    const response = await fetch(`${fakes[format].url}${path}`, { method: "POST", headers, body: JSON.stringify(body) })
    const text = await response.text()
    if (!response.ok) throw new Error(`${format}: ${text}`)
    return text
  }
  const scenarios = ["hello", "tool", "parallel tools", "thinking tool"]
  const recordings = (format: keyof typeof fakes): Promise<readonly Recording[]> =>
    Promise.all(
      scenarios.map(async (words) => ({
        whole: JSON.parse(await ask(format, words, false)) as JsonObject,
        events: (await ask(format, words, true)).replaceAll("\r\n", "\n").split(/(?<=\n\n)/),
      })),
    )
  const found = {
    "chat-completions": await recordings("chat-completions"),
    responses: await recordings("responses"),
    messages: await recordings("messages"),
    gemini: await recordings("gemini"),
    cohere: await recordings("cohere"),
    converse: ["tool", "parallel tools", "thinking tool", "thinking"].map((name) => ({
      whole: wholeReply(replies[name]!),
      events: streamReply(replies[name]!),
    })),
  }
  await Promise.all(Object.values(fakes).map((fake) => fake.stop()))
  return found
}

export interface HostileUpstream {
  /** Without a slash at its end. */
  readonly url: string
  /** What the next requests get. */
  answer: () => Response
  stop(): Promise<void>
}

/** A server that answers whatever it was told to, whoever asks for what. */
export const startHostileUpstream = (): HostileUpstream => {
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 0,
    async fetch(request) {
      await request.arrayBuffer()
      return upstream.answer()
    },
  })
  const upstream: HostileUpstream = {
    url: `http://127.0.0.1:${server.port}`,
    answer: () => new Response("{}"),
    stop: () => server.stop(true),
  }
  return upstream
}
