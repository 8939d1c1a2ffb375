import { describe, expect, test } from "bun:test"
import { createOpenAICompatible } from "@ai-sdk/openai-compatible"
import { generateText, streamText } from "ai"
import OpenAI from "openai"
import { type ChatPart, emptyUsage, type Face, GatewayError, type Json } from "../../src/contract/index.ts"
import { completionsClient, openrouterFace, requestyFace } from "../../src/dialects/index.ts"

/** The clients that still call `POST /completions` judge what the encoder writes. No server: their `fetch` is given. */

const identity = { id: "cmpl-1", model: "a/b", provider: "acme", providerName: "Acme", createdSeconds: 1_790_000_000 }
const usage = { ...emptyUsage, input: { ...emptyUsage.input, fresh: 3 }, output: { ...emptyUsage.output, text: 2 } }
const parts: ChatPart[] = [
  { type: "start" },
  { type: "text-start", index: 0 },
  { type: "text-delta", index: 0, text: "Hello " },
  { type: "text-delta", index: 0, text: "world" },
  { type: "text-end", index: 0 },
  { type: "usage", usage },
  { type: "finish", reason: "length", raw: "max_tokens" },
]

const answering = (face: Face, given: readonly ChatPart[] = parts): typeof fetch => {
  const answer = async (input: RequestInfo | URL, init?: RequestInit) => {
    expect(new URL(String(input)).pathname).toBe("/v1/completions")
    const body = JSON.parse(String(init?.body)) as Json
    const request = completionsClient.decodeRequest(body)
    if (!request.stream) {
      const failed = given.find((part) => part.type === "error")
      if (failed)
        return Response.json(completionsClient.errorBody(failed.error, face, { requestId: "r" }), {
          status: face.status(failed.error),
        })
      return Response.json(completionsClient.encodeReply(given, identity, face, 0.5, request))
    }
    const options = { includeUsage: true, price: () => 0.5, context: { requestId: "r" }, request }
    const encoder = completionsClient.encodeStream(identity, face, options)
    const events = completionsClient.keepAlive(face) + given.map((part) => encoder.push(part)).join("") + encoder.end()
    return new Response(events, { headers: { "content-type": "text/event-stream" } })
  }
  return answer as unknown as typeof fetch
}

const base = "http://gateway.test/v1"

for (const face of [requestyFace, openrouterFace])
  describe(face.name, () => {
    const openai = (given?: readonly ChatPart[]) =>
      new OpenAI({ apiKey: "k", baseURL: base, fetch: answering(face, given), maxRetries: 0 })
    const aiSdk = () =>
      createOpenAICompatible({
        name: "gateway",
        apiKey: "k",
        baseURL: base,
        includeUsage: true,
        fetch: answering(face),
      })

    test("openai: completions.create", async () => {
      const completion = await openai().completions.create({ model: "a/b", prompt: "Say", max_tokens: 2, echo: true })
      expect(completion).toMatchObject({
        object: "text_completion",
        choices: [{ text: "SayHello world", finish_reason: "length" }],
      })
      expect(completion.usage).toMatchObject({ prompt_tokens: 3, completion_tokens: 2, cost: 0.5 })
    })

    test("openai: streamed", async () => {
      const stream = await openai().completions.create({ model: "a/b", prompt: ["Say"], stream: true })
      const chunks = await Array.fromAsync(stream)
      expect(chunks.map(({ choices }) => choices[0]?.text ?? "").join("")).toBe("Hello world")
      expect(chunks.at(-1)?.usage).toMatchObject({ total_tokens: 5 })
    })

    test("openai: errors", async () => {
      const given: ChatPart[] = [{ type: "error", error: new GatewayError("rate_limited", "slow down") }]
      const failed = await openai(given)
        .completions.create({ model: "a/b", prompt: "Say" })
        .catch((error) => error)
      expect(failed).toBeInstanceOf(OpenAI.RateLimitError)
      const stream = await openai(given).completions.create({ model: "a/b", prompt: "Say", stream: true })
      expect(await Array.fromAsync(stream).catch((error) => error)).toBeInstanceOf(OpenAI.APIError)
    })

    test("AI SDK: its completion model, whole and streamed", async () => {
      const model = aiSdk().completionModel("a/b")
      const { text, finishReason, usage: used } = await generateText({ model, prompt: "Say", system: "be brief" })
      expect([text, finishReason, used.inputTokens, used.outputTokens]).toEqual(["Hello world", "length", 3, 2])
      const streamed = streamText({ model, prompt: "Say" })
      expect(await streamed.text).toBe("Hello world")
      expect((await streamed.usage).outputTokens).toBe(2)
    })
  })
