import type { JsonObject } from "../../../src/contract/index.ts"
import { signatureOf as claudeSignature } from "../fake-anthropic/validate.ts"
import { startFakeAnthropic } from "../fake-anthropic.ts"
import { signatureOf as geminiSignature } from "../fake-gemini/validate.ts"
import { startFakeGemini } from "../fake-gemini.ts"
import { startFakeOpenAi } from "../fake-openai.ts"
import { encryptedOf } from "../fake-openai-responses/validate.ts"
import { startFakeOpenAiResponses } from "../fake-openai-responses.ts"
import { type Family, ownWords, price } from "./family.ts"
import { cohereFamily, converseFamily } from "./own-formats.ts"

/** How the fake of chat completions names its scenarios. */
export const chatWords: Family["words"] = {
  plain: "hello",
  empty: "!empty",
  tool: "!tools",
  "parallel tools": "!parallel-tools",
  "zero tool": "!zero-argument-tool",
  thinking: "!reasoning",
  "thinking tool": "!thinking-tool",
  json: "hello",
  cited: "!annotations",
  length: "!length",
  filtered: "!content-filter",
  cache: "!usage-details",
  "rate limit": "!error-429",
  "no money": "!error-429-money",
  overloaded: "!error-503",
  "server error": "!error-500",
  "bad key": "!error-401",
  forbidden: "!error-403",
  "missing model": "!error-404",
  overflow: "!error-context",
  "bad request": "!error-400",
  cut: "!cut",
  "error first": "!error-first-event",
  "error in 200": "!error-object-in-200",
  "error later": "!error-mid-stream",
  "malformed event": "!malformed-event",
  stall: "!stall",
}

const parsed = (requests: readonly { readonly body: string }[]): JsonObject[] =>
  requests.map(({ body }) => JSON.parse(body) as JsonObject)

/** A plain server of chat completions, and for reasoning one that speaks OpenRouter's words for it. */
export const chatCompletionsFamily = async (): Promise<Family> => {
  const [strict, lenient] = [await startFakeOpenAi(), await startFakeOpenAi({ strict: false })]
  const reasoner = "test/chat-reasoner"
  return {
    name: "chat-completions",
    model: "test/chat",
    models: { thinking: reasoner, "thinking tool": reasoner },
    providers: [
      {
        id: "chat",
        plugin: "openai-compatible",
        base_url: strict.url,
        api_key: "k",
        models: [{ id: "test/chat", upstream: "gpt-4o-mini", price }],
      },
      {
        id: "chat-reasoner",
        plugin: "openrouter",
        base_url: lenient.url,
        api_key: "k",
        options: { formats: ["chat-completions"] },
        models: [{ id: reasoner, upstream: "anthropic/claude-sonnet-4-5", price }],
      },
    ],
    words: chatWords,
    state: "c2lnLXRvb2w=",
    bodies: (model) => parsed((model === reasoner ? lenient : strict).requests),
    left: () => strict.requests.at(-1)!.closed,
    async stop() {
      await Promise.all([strict.stop(), lenient.stop()])
    },
  }
}

export const responsesFamily = async (): Promise<Family> => {
  const fake = startFakeOpenAiResponses()
  return {
    name: "responses",
    model: "test/responses",
    providers: [
      {
        id: "responses",
        plugin: "openai",
        base_url: `${fake.url}/v1`,
        api_key: "k",
        options: { prefer_responses: true },
        models: [{ id: "test/responses", upstream: "gpt-5.6", price }],
      },
    ],
    words: ownWords({
      plain: "hello",
      empty: "empty answer",
      cited: "web search",
      length: "max tokens",
      filtered: "safety",
    }),
    state: encryptedOf("The user wants the weather."),
    bodies: () => fake.requests.map(({ body }) => body),
    left: () => fake.requests.at(-1)!.left,
    stop: fake.stop,
  }
}

export const messagesFamily = async (): Promise<Family> => {
  const fake = startFakeAnthropic()
  return {
    name: "messages",
    model: "test/messages",
    providers: [
      {
        id: "messages",
        plugin: "anthropic",
        base_url: fake.url,
        api_key: "k",
        models: [{ id: "test/messages", upstream: "claude-sonnet-4-5", price }],
      },
    ],
    words: ownWords({
      plain: "hello",
      empty: "empty answer",
      cited: "web search",
      length: "max tokens",
      filtered: "refusal",
      forbidden: { skip: "Anthropic's own words for a refused key are the same by 401 and 403" },
    }),
    state: claudeSignature("The user wants the weather."),
    bodies: () => fake.requests.map(({ body }) => body),
    left: () => fake.requests.at(-1)!.left,
    stop: fake.stop,
  }
}

export const geminiFamily = async (): Promise<Family> => {
  const fake = startFakeGemini()
  return {
    name: "gemini",
    model: "test/gemini",
    providers: [
      {
        id: "gemini",
        plugin: "google",
        base_url: fake.url,
        api_key: "k",
        models: [{ id: "test/gemini", upstream: "gemini-3-pro", price }],
      },
    ],
    words: ownWords({
      plain: "hello",
      empty: "no content",
      cited: "web search",
      length: "max tokens",
      filtered: "safety",
      "no money": { skip: "Google has no words for an empty account apart from those for a quota" },
    }),
    state: geminiSignature(JSON.stringify({ city: "Paris" })),
    bodies: () => fake.requests.map(({ body }) => body),
    left: () => fake.requests.at(-1)!.left,
    stop: fake.stop,
  }
}

/** The upstream formats, in the order of the matrix. */
export const formatFamilies = (): Promise<readonly Family[]> =>
  Promise.all([
    chatCompletionsFamily(),
    responsesFamily(),
    messagesFamily(),
    geminiFamily(),
    converseFamily(),
    cohereFamily(),
  ])
