import type { ChatPart, ChatRequest, DecodeSource, Loss, Profile, ReplyPatch, Usage } from "../../src/contract/index.ts"
import { createSseDecoder, responses } from "../../src/dialects/index.ts"
import { asked } from "./asked.ts"
import { estimate } from "./chat-completions.ts"
import { counter } from "./wire-client.ts"

/** Short ways to put requests and replies through the upstream side of the Responses dialect. */

export const encodeUp = (request: Partial<ChatRequest>, profile: Profile = {}) => {
  const losses: Loss[] = []
  const body = responses.encodeRequest(
    { model: "a/b", messages: [], sampling: {}, stream: false, ...request },
    { model: "up", profile, lose: (loss) => losses.push(loss) },
  )
  return { body, losses, lost: losses.map(({ path, action, code }) => `${path} ${action} ${code}`) }
}

export const sourceFor = (profile: Profile = {}, request: ChatRequest = asked): DecodeSource => ({
  profile,
  model: "up",
  request,
  newId: counter(),
})

/** Bytes of a stream, cut where `chunks` says, as parts. */
export const decodeChunks = (chunks: readonly Uint8Array[], source = sourceFor()): ChatPart[] => {
  const sse = createSseDecoder()
  const decoder = responses.decodeStream(source)
  const events = [...chunks.flatMap((chunk) => sse.push(chunk)), ...sse.end()]
  return [...events.flatMap((event) => decoder.push(event)), ...decoder.end()]
}

export const decodeText = (text: string, source = sourceFor()): ChatPart[] =>
  decodeChunks([new TextEncoder().encode(text)], source)

export const feedEvents = (events: readonly object[], source = sourceFor()): ChatPart[] =>
  decodeText(events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(""), source)

export const patchFor = (face: ReplyPatch["face"], price: (usage: Usage) => number = () => 0.25): ReplyPatch => ({
  id: "resp_gateway123",
  model: "vendor/modèle",
  face,
  provider: "Vendör",
  includeUsage: true,
  price,
  estimate,
})

/** Chunks through the native lane. */
export const throughTap = (chunks: readonly Uint8Array[], patch: ReplyPatch = patchFor("requesty")) => {
  const tap = responses.native!.stream(patch, "vendor")
  const out = chunks.map((chunk) => tap.push(chunk) ?? new Uint8Array())
  return { text: Buffer.concat([...out, tap.end() ?? new Uint8Array()]).toString("utf8"), summary: tap.summary }
}
