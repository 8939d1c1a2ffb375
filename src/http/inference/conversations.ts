import { Elysia } from "elysia"
import type { ClientDialect } from "../../contract/index.ts"
import { chatCompletionsClient } from "../../dialects/chat-completions/index.ts"
import { messagesClient } from "../../dialects/messages/index.ts"
import type { FaceMount, HttpServices } from "../services.ts"
import { converse } from "./converse.ts"

/** The formats in which a conversation is one request and nothing else. */
const formats: readonly { readonly path: string; readonly client: ClientDialect; readonly summary: string }[] = [
  { path: "/chat/completions", client: chatCompletionsClient, summary: "Create a chat completion" },
  { path: "/messages", client: messagesClient, summary: "Create a message" },
]

/** `POST {prefix}/chat/completions` and `/messages`, the same core on both faces. */
export const conversations = (services: HttpServices, { face, prefix }: FaceMount) => {
  const app = new Elysia({ name: `conversations ${prefix}` })
  for (const { path, client, summary } of formats) {
    app.post(`${prefix}${path}`, ({ request }) => converse(services, face, client, request), {
      parse: "none",
      detail: { summary, tags: ["Inference"] },
    })
  }
  return app
}
