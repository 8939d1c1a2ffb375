import { Elysia } from "elysia"
import { emptyUsage, GatewayError, type RequestAddress } from "../../contract/index.ts"
import { unescaped } from "../../dialects/body/unescaped.ts"
import { requestyFace } from "../../dialects/faces/index.ts"
import {
  createJsonArrayWriter,
  decodeBatchEmbedContents,
  decodeCountTokens,
  decodeEmbedContent,
  encodeBatchEmbedContents,
  encodeCountTokens,
  encodeEmbedContent,
  geminiClient,
} from "../../dialects/gemini/client/index.ts"
import { errorResponse } from "../errors.ts"
import type { HttpServices } from "../services.ts"
import { answerCall, type CallRoute, jsonType } from "./call.ts"
import { converse } from "./converse.ts"
import { answerCount } from "./count-tokens.ts"
import { readJson } from "./read.ts"

const face = requestyFace

/** The Gemini API's own addresses, so that Google's SDK and Gemini CLI work with a changed base URL alone. */
export const gemini = (services: HttpServices) =>
  new Elysia({ name: "gemini" })
    .post("/v1beta/models/*", ({ request, params }) => route(services, request, params["*"]), {
      parse: "none",
      detail: { summary: "The Gemini API's generateContent and its kin", tags: ["Inference"] },
    })
    // Google's SDK asks for v1 unless told otherwise, since its third major version.
    .post("/v1/models/*", ({ request, params }) => route(services, request, params["*"]), {
      parse: "none",
      detail: { summary: "The same in the API's stable version", tags: ["Inference"] },
    })
    // The AI SDK takes a name with a slash in it for a path of its own, and leaves `models/` out.
    .post("/v1beta/*", ({ request, params }) => route(services, request, params["*"]), {
      parse: "none",
      detail: { summary: "The same for clients that leave models/ out", tags: ["Inference"] },
    })

/** `google/gemini-3-flash:generateContent`: the model may hold slashes, and colons as well. */
function route(services: HttpServices, request: Request, path: string): Response | Promise<Response> {
  const colon = path.lastIndexOf(":")
  const method = path.slice(colon + 1)
  const model = unescaped(path.slice(0, Math.max(0, colon)))
  switch (method) {
    case "generateContent":
      return converse(services, face, geminiClient, request, { address: { model, stream: false } })
    case "streamGenerateContent":
      return streamed(services, request, { model, stream: true })
    case "countTokens":
      return answerCount(
        services,
        face,
        { client: geminiClient, address: { model }, decode: decodeCountTokens, encode: encodeCountTokens },
        request,
      )
    case "embedContent":
      return answerCall(services, face, embedding(model, false), request)
    case "batchEmbedContents":
      return answerCall(services, face, embedding(model, true), request)
    default: {
      const known = "generateContent, streamGenerateContent, countTokens, embedContent, batchEmbedContents"
      const error = new GatewayError("not_found", `There is no method "${method}" here; known: ${known}.`)
      return errorResponse(error, face, { requestId: services.newRequestId() }, geminiClient)
    }
  }
}

/** Without `alt=sse` the API answers with one JSON array, element by element. */
async function streamed(services: HttpServices, request: Request, address: RequestAddress): Promise<Response> {
  const response = await converse(services, face, geminiClient, request, { address })
  const isEvents = response.headers.get("content-type")?.startsWith("text/event-stream") === true
  const wantsEvents = new URLSearchParams(request.url.split("?")[1] ?? "").get("alt") === "sse"
  if (!response.body || !isEvents || wantsEvents) return response
  const writer = createJsonArrayWriter()
  const array = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      const out = writer.push(chunk)
      if (out.byteLength > 0) controller.enqueue(out)
    },
    flush: (controller) => controller.enqueue(writer.end()),
  })
  const headers = new Headers(response.headers)
  headers.set("content-type", jsonType)
  return new Response(response.body.pipeThrough(array), { status: response.status, headers })
}

const embedding = (model: string, batch: boolean): CallRoute<"embeddings"> => ({
  ability: "embeddings",
  api: "embeddings",
  client: geminiClient,
  async read(services, request) {
    const { text, body, read } = await readJson(services, request)
    const asked = (batch ? decodeBatchEmbedContents : decodeEmbedContent)(body, { model })
    // The body's `model` is Google's `models/name`; the address says it as everywhere else.
    return { request: asked, read: (key) => (key === "model" ? asked.model : read(key)), text }
  },
  write({ outcome }) {
    const reply = { ...outcome.reply, usage: outcome.exchange.usage ?? emptyUsage }
    const encode = batch ? encodeBatchEmbedContents : encodeEmbedContent
    return { body: JSON.stringify(encode(reply, outcome.costUsd)), contentType: jsonType }
  },
})
