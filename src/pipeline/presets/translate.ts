import type { ChatRequest, ClientDialect, Dialect, JsonObject, Loss } from "../../contract/index.ts"
import { chatCompletionsClient } from "../../dialects/chat-completions/index.ts"
import { gemini } from "../../dialects/gemini/index.ts"
import { messages } from "../../dialects/messages/index.ts"
import { responses } from "../../dialects/responses/index.ts"
import type { Wish } from "../plan/targets/wish.ts"

export interface Translated {
  /** Fields of the body. */
  readonly fields: JsonObject
  /** What formats say so differently, model by model, that each upstream is asked by itself. */
  readonly wish?: Wish
}

/** Formats in which chat completions' fields mean something else, or nothing. */
const dialects: Readonly<Record<string, Dialect>> = { messages, responses, gemini }

/** Fields of the legacy API of prompts that are spelled and meant as a chat's. */
const shared = new Set([
  "max_tokens",
  "temperature",
  "top_p",
  "top_k",
  "min_p",
  "stop",
  "seed",
  "frequency_penalty",
  "presence_penalty",
  "repetition_penalty",
  "logit_bias",
  "user",
])

/** A preset's fields, which are chat completions', as the client's format writes them. What has no place there is lost. */
export function inWordsOf(
  client: ClientDialect,
  { gateway, chat }: { readonly gateway: JsonObject; readonly chat: JsonObject },
  losses: Loss[],
): Translated {
  if (client.api === "chat-completions") return { fields: { ...gateway, ...chat } }
  const dialect = Object.hasOwn(dialects, client.api) ? dialects[client.api] : undefined
  if (!dialect) return { fields: { ...gateway, ...onlyShared(chat, losses) } }
  const { reasoning, serviceTier, ...rest } = decode(chat)
  const lose = (loss: Loss) => losses.push({ ...loss, path: `preset.${loss.path}` })
  return {
    fields: {
      ...gateway,
      ...difference(
        encode(dialect, rest, lose),
        encode(dialect, decode({}), () => {}),
      ),
    },
    ...(reasoning || serviceTier !== undefined
      ? { wish: { ...(reasoning ? { reasoning } : {}), ...(serviceTier === undefined ? {} : { serviceTier }) } }
      : {}),
  }
}

/** Throws `invalid_request` where a field is wrong. */
export const decode = (chat: JsonObject): ChatRequest =>
  chatCompletionsClient.decodeRequest({ ...chat, messages: [{ role: "user", content: "-" }] })

const encode = (dialect: Dialect, request: ChatRequest, lose: (loss: Loss) => void): JsonObject =>
  dialect.encodeRequest(request, { model: "", profile: {}, lose })

/** What one body says and the other does not. */
const difference = (body: JsonObject, empty: JsonObject): JsonObject =>
  Object.fromEntries(
    Object.entries(body).filter(([key, value]) => JSON.stringify(value) !== JSON.stringify(empty[key])),
  )

function onlyShared(chat: JsonObject, losses: Loss[]): JsonObject {
  const kept: JsonObject = {}
  for (const [key, value] of Object.entries(chat)) {
    if (shared.has(key)) kept[key] = value
    else
      losses.push({
        path: `preset.${key}`,
        action: "dropped",
        code: "parameter_unsupported",
        reason: "this format has no place for it",
      })
  }
  return kept
}
