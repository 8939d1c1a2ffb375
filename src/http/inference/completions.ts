import { Elysia } from "elysia"
import { type Face, isObject, type Json, type JsonObject } from "../../contract/index.ts"
import {
  CompletionStreamJoiner,
  completionsClient,
  joinCompletions,
  splitPrompts,
} from "../../dialects/completions/index.ts"
import { createSseDecoder } from "../../dialects/sse.ts"
import { authenticate } from "../auth.ts"
import type { FaceMount, HttpServices } from "../services.ts"
import { eventType } from "./call.ts"
import { converse } from "./converse.ts"
import { readJson } from "./read.ts"
import { refused } from "./reply.ts"

/** `POST {prefix}/completions`, the API before chats; a list of prompts is one conversation each. */
export const completions = (services: HttpServices, { face, prefix }: FaceMount) =>
  new Elysia({ name: `completions ${prefix}` }).post(
    `${prefix}/completions`,
    ({ request }) => handle(services, face, request),
    { parse: "none", detail: { summary: "Create a completion (legacy)", tags: ["Inference"] } },
  )

async function handle(services: HttpServices, face: Face, request: Request): Promise<Response> {
  try {
    authenticate(services.keys, request, "inference")
    const { text, body } = await readJson(services, request)
    const prompts = Array.isArray(body.prompt) ? splitPrompts(body) : [body]
    if (prompts.length === 1) return await converse(services, face, completionsClient, request, { body: text })
    const answers = await Promise.all(
      prompts.map((each) => converse(services, face, completionsClient, request, { body: JSON.stringify(each) })),
    )
    const failed = answers.find(({ ok }) => !ok)
    if (failed) {
      await Promise.all(answers.filter((answer) => answer !== failed).map((answer) => answer.body?.cancel()))
      return failed
    }
    const each = typeof body.n === "number" ? body.n : 1
    return body.stream === true ? joinedStream(answers, each) : await joined(answers, each)
  } catch (thrown) {
    return refused(services, face, completionsClient, services.newRequestId(), thrown, undefined)
  }
}

async function joined(answers: readonly Response[], each: number): Promise<Response> {
  const replies = (await Promise.all(answers.map((answer) => answer.json()))) as Json[]
  const whole = joinCompletions(replies.filter(isObject) as JsonObject[], each)
  return new Response(JSON.stringify(whole), { headers: answers[0]!.headers })
}

/** One stream of several, in whatever order their events come. */
function joinedStream(answers: readonly Response[], each: number): Response {
  const joiner = new CompletionStreamJoiner(each)
  const encoder = new TextEncoder()
  const readers = answers.map((answer) => answer.body!.getReader())
  const body = new ReadableStream<Uint8Array>({
    async start(controller) {
      const pump = async (reader: ReadableStreamDefaultReader<Uint8Array>, position: number) => {
        const events = createSseDecoder()
        for (;;) {
          const { done, value } = await reader.read()
          for (const { data } of done ? events.end() : events.push(value)) {
            const text = joiner.push(data, position)
            if (text !== "") controller.enqueue(encoder.encode(text))
          }
          if (done) return
        }
      }
      try {
        await Promise.all(readers.map(pump))
        controller.enqueue(encoder.encode(joiner.end()))
        controller.close()
      } catch (thrown) {
        controller.error(thrown)
      }
    },
    cancel: () => Promise.all(readers.map((reader) => reader.cancel())).then(() => undefined),
  })
  return new Response(body, { headers: { ...Object.fromEntries(answers[0]!.headers), "content-type": eventType } })
}
