import { Elysia } from "elysia"
import { emptyUsage } from "../../contract/index.ts"
import { decodeEmbeddingsRequest, encodeEmbeddingsReply } from "../../dialects/embeddings/index.ts"
import { decodeRerankRequest, encodeRerankReply } from "../../dialects/rerank/index.ts"
import type { FaceMount, HttpServices } from "../services.ts"
import { answerCall, type CallRoute, jsonType } from "./call.ts"
import { readJson } from "./read.ts"

const embeddingsRoute: CallRoute<"embeddings"> = {
  ability: "embeddings",
  api: "embeddings",
  async read(services, request) {
    const { text, body, read } = await readJson(services, request)
    return { request: decodeEmbeddingsRequest(body), read, text }
  },
  write({ outcome, asked, identity, face }) {
    const reply = { ...outcome.reply, usage: outcome.exchange.usage ?? emptyUsage }
    const body = encodeEmbeddingsReply(reply, asked.request, identity, face, outcome.costUsd)
    return { body: JSON.stringify(body), contentType: jsonType }
  },
}

const rerankRoute: CallRoute<"rerank"> = {
  ability: "rerank",
  api: "rerank",
  async read(services, request) {
    const { text, body, read } = await readJson(services, request)
    return { request: decodeRerankRequest(body), read, text }
  },
  write({ outcome, asked, identity, face }) {
    const reply = { ...outcome.reply, usage: outcome.exchange.usage ?? emptyUsage }
    const body = encodeRerankReply(reply, asked.request, identity, face, outcome.costUsd)
    return { body: JSON.stringify(body), contentType: jsonType }
  },
}

/** `POST {prefix}/embeddings` and `POST {prefix}/rerank`. */
export const vectors = (services: HttpServices, { face, prefix }: FaceMount) =>
  new Elysia({ name: `vectors ${prefix}` })
    .post(`${prefix}/embeddings`, ({ request }) => answerCall(services, face, embeddingsRoute, request), {
      parse: "none",
      detail: { summary: "Create embeddings", tags: ["Inference"] },
    })
    .post(`${prefix}/rerank`, ({ request }) => answerCall(services, face, rerankRoute, request), {
      parse: "none",
      detail: { summary: "Rank documents by a query", tags: ["Inference"] },
    })
