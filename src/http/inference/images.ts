import { Elysia } from "elysia"
import { emptyUsage, type Usage } from "../../contract/index.ts"
import {
  decodeImageEdit,
  decodeImageGeneration,
  encodeImageEvents,
  encodeImageReply,
} from "../../dialects/images/index.ts"
import type { FaceMount, HttpServices } from "../services.ts"
import { answerCall, type CallRoute, eventType, jsonType } from "./call.ts"
import { readFormOrJson, readJson } from "./read.ts"

/** URLs in a body are fetched by the guarded fetch only; a client that leaves ends that as well. */
const loadUrl =
  ({ pipeline }: HttpServices, request: Request) =>
  (url: string, param: string) =>
    pipeline.fetchFile(url, param, request.signal)

/** Answers as OpenAI's routes give them; `words`: they count in those of their API's chats. */
export const writeImages =
  (words?: "face"): CallRoute<"images">["write"] =>
  async ({ outcome, asked, identity, face }, services) => {
    const answer = {
      ...(words ? { usageIn: (usage: Usage, costUsd: number) => face.usage(usage, costUsd) } : {}),
      reply: outcome.reply,
      request: asked.request,
      usage: outcome.exchange.usage ?? emptyUsage,
      costUsd: outcome.costUsd,
      createdSeconds: identity.createdSeconds,
      face,
      made: services.madeImages,
      lose: outcome.exchange.lose,
    }
    return asked.events
      ? { body: await encodeImageEvents(answer), contentType: eventType }
      : { body: JSON.stringify(await encodeImageReply(answer)), contentType: jsonType }
  }

export const imageGenerations: CallRoute<"images"> = {
  ability: "images",
  api: "images",
  async read(services, request) {
    const { body, read } = await readJson(services, request)
    const decoded = await decodeImageGeneration(body, loadUrl(services, request))
    return { ...decoded, read, text: decoded.request.prompt }
  },
  write: writeImages(),
}

const edits: CallRoute<"images"> = {
  ability: "images",
  api: "images",
  async read(services, request) {
    const { body, read } = await readFormOrJson(services, request)
    const decoded = await decodeImageEdit(body, loadUrl(services, request))
    return { ...decoded, read, text: decoded.request.prompt }
  },
  write: writeImages(),
}

/** `POST {prefix}/images/generations` and `/images/edits`, and the addresses at which made images are found for a while. */
export const images = (services: HttpServices, { face, prefix }: FaceMount) =>
  new Elysia({ name: `images ${prefix}` })
    .post(`${prefix}/images/generations`, ({ request }) => answerCall(services, face, imageGenerations, request), {
      parse: "none",
      detail: { summary: "Make images", tags: ["Inference"] },
    })
    .post(`${prefix}/images/edits`, ({ request }) => answerCall(services, face, edits, request), {
      parse: "none",
      detail: { summary: "Change images", tags: ["Inference"] },
    })
