import type { JsonObject } from "../../../src/contract/index.ts"
import type { TestGateway } from "../gateway.ts"
import { chatCompletionsActor } from "./chat-completions.ts"
import type { Ask, Client, Said } from "./client.ts"
import { geminiActor } from "./gemini.ts"
import { messagesActor } from "./messages.ts"
import { responsesActor } from "./responses.ts"

/** One client of each format that the gateway speaks to clients. */
export const clients: readonly Client[] = [chatCompletionsActor, responsesActor, messagesActor, geminiActor]

export interface Heard {
  readonly status: number
  /** Undefined where the answer is an error. */
  readonly said: Said | undefined
  /** The message of an error body. */
  readonly refusal: string | undefined
  readonly headers: Headers
  readonly text: string
}

/** Asks as this client does, and reads the answer by the rules of its format. */
export async function hear(
  gateway: TestGateway,
  client: Client,
  ask: Ask,
  headers: Readonly<Record<string, string>> = {},
): Promise<Heard> {
  const response = await gateway.post(client.path(ask), client.body(ask), headers)
  const text = await response.text()
  const { status } = response
  const frame = { status, headers: response.headers, text }
  if (status !== 200) return { ...frame, said: undefined, refusal: client.readError(JSON.parse(text) as JsonObject) }
  const said = ask.stream ? client.readStream(text) : client.readWhole(JSON.parse(text) as JsonObject)
  return { ...frame, said, refusal: undefined }
}
