import { describe, expect, test } from "bun:test"
import type { ChatPart, Dialect, Json, JsonObject, Loss, ReplyIdentity } from "../../../src/contract/index.ts"
import {
  chatCompletions,
  chatCompletionsClient,
  createSseDecoder,
  gemini,
  geminiProfile,
  requestyFace,
} from "../../../src/dialects/index.ts"
import { tinyPng } from "../../kit/media.ts"

const url = `data:image/png;base64,${tinyPng}`
const images = [{ type: "image_url", image_url: { url } }]
const request = chatCompletionsClient.decodeRequest({
  model: "any/painter",
  messages: [{ role: "user", content: "Paint a fox" }],
  modalities: ["image", "text"],
})
const identity: ReplyIdentity = {
  id: "chatcmpl-1",
  model: "any/painter",
  provider: "p",
  providerName: "P",
  createdSeconds: 1,
}

interface Painter {
  readonly name: string
  readonly dialect: Dialect
  readonly model: string
  readonly asked: JsonObject
  readonly reply: Json
  readonly chunks: readonly Json[]
}

const part = { inlineData: { mimeType: "image/png", data: tinyPng } }
const candidate = (parts: Json[], more: JsonObject = {}): Json => ({ candidates: [{ content: { parts }, ...more }] })
const painters: readonly Painter[] = [
  {
    name: "Gemini",
    dialect: gemini,
    model: "gemini-2.5-flash-image",
    asked: { generationConfig: { responseModalities: ["IMAGE", "TEXT"] } },
    reply: candidate([{ text: "Here" }, part], { finishReason: "STOP" }),
    chunks: [candidate([{ text: "Here" }]), candidate([part]), candidate([], { finishReason: "STOP" })],
  },
  {
    name: "chat completions",
    dialect: chatCompletions,
    model: "google/gemini-2.5-flash-image",
    asked: { modalities: ["image", "text"] },
    reply: {
      id: "x",
      choices: [{ index: 0, message: { role: "assistant", content: "Here", images }, finish_reason: "stop" }],
    },
    chunks: [
      { id: "x", choices: [{ index: 0, delta: { role: "assistant", content: "Here" } }] },
      { id: "x", choices: [{ index: 0, delta: { images } }] },
      { id: "x", choices: [{ index: 0, delta: {}, finish_reason: "stop" }] },
    ],
  },
]

for (const { name, dialect, model, asked, reply, chunks } of painters)
  describe(`a picture by ${name}`, () => {
    const profile = dialect === gemini ? geminiProfile(model) : {}
    const source = { profile, model, newId: (prefix: string) => `${prefix}1`, request }

    test("is asked for, and nothing is lost", () => {
      const losses: Loss[] = []
      const body = dialect.encodeRequest(request, { model, profile, lose: (loss) => losses.push(loss) })
      expect(body).toMatchObject(asked)
      expect(losses).toEqual([])
    })

    test("comes back as message.images", () => {
      const parts = dialect.decodeReply(reply, source)
      const body = chatCompletionsClient.encodeReply(parts, identity, requestyFace, 0, request)
      expect(body.choices).toMatchObject([{ message: { content: "Here", images } }])
    })

    test("streams as delta.images, once", () => {
      const decoder = dialect.decodeStream(source)
      const data = chunks.map((chunk) => JSON.stringify(chunk))
      const parts: readonly ChatPart[] = [
        ...data.flatMap((text) => decoder.push({ data: text })),
        ...(dialect === chatCompletions ? decoder.push({ data: "[DONE]" }) : []),
        ...decoder.end(),
      ]
      const context = { requestId: "r" }
      const options = { includeUsage: false, price: () => 0, context, request }
      const encoder = chatCompletionsClient.encodeStream(identity, requestyFace, options)
      const text = parts.map((one) => encoder.push(one)).join("") + encoder.end()
      const deltas = createSseDecoder()
        .push(new TextEncoder().encode(text))
        .filter((event) => event.data !== "[DONE]")
        .map((event) => (JSON.parse(event.data) as { choices: { delta?: { images?: unknown } }[] }).choices[0]?.delta)
      const pictures = deltas.flatMap((delta) => delta?.images ?? [])
      expect(pictures).toMatchObject(images)
      expect(pictures).toHaveLength(1)
    })
  })
