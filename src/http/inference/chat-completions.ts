import { Elysia } from "elysia"
import { chatCompletionsClient } from "../../dialects/chat-completions/index.ts"
import type { FaceMount, HttpServices } from "../services.ts"
import { converse } from "./converse.ts"

/** `POST {prefix}/chat/completions`, the same core on both faces. */
export const chatCompletions = (services: HttpServices, { face, prefix }: FaceMount) =>
  new Elysia({ name: `chat-completions ${prefix}` }).post(
    `${prefix}/chat/completions`,
    ({ request }) => converse(services, face, chatCompletionsClient, request),
    { parse: "none", detail: { summary: "Create a chat completion", tags: ["Inference"] } },
  )
