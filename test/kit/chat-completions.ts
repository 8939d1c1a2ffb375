import {
  type ChatPart,
  type ChatRequest,
  emptyUsage,
  type Json,
  type Loss,
  type Profile,
  type Usage,
} from "../../src/contract/index.ts"
import { chatCompletions, chatCompletionsClient, requestyFace } from "../../src/dialects/index.ts"
import { asked } from "./asked.ts"

/** Short ways to put requests and replies through the chat-completions dialect. */

export const decode = (body: unknown) => chatCompletionsClient.decodeRequest(body as Json)
export const user = { role: "user", content: "hi" }
export const ask = (more: object = {}) => decode({ model: "a/b", messages: [user], ...more })
export const encode = (request: ChatRequest, profile: Profile = {}) => {
  const losses: Loss[] = []
  const body = chatCompletions.encodeRequest(request, { model: "up", profile, lose: (loss) => losses.push(loss) })
  return { body, losses, lost: losses.map(({ path, action }) => `${path} ${action}`) }
}
export const request = chatCompletionsClient.decodeRequest({ messages: [{ role: "user", content: "hi" }] })
export const sourceFor = (profile: Profile) => {
  let count = 0
  return { profile, model: "m", request, newId: (prefix: string) => `${prefix}${count++}` }
}
export const feed = (events: readonly unknown[], profile: Profile = {}): ChatPart[] => {
  const decoder = chatCompletions.decodeStream(sourceFor(profile))
  const parts = events.flatMap((event) =>
    decoder.push({ data: typeof event === "string" ? event : JSON.stringify(event) }),
  )
  return [...parts, ...decoder.end()]
}
export const delta = (fields: object, finish: string | null = null, more: object = {}) => ({
  choices: [{ index: 0, delta: fields, finish_reason: finish }],
  ...more,
})
/** What the native lane falls back to in tests. */
export const estimate = (contentLength: number): Usage => ({
  input: { ...emptyUsage.input, fresh: 7 },
  output: { ...emptyUsage.output, text: contentLength },
  estimated: true,
})
export const identity = { id: "i", model: "m", provider: "p", providerName: "P", createdSeconds: 0 }
export const reply = (parts: readonly ChatPart[]) =>
  chatCompletionsClient.encodeReply(parts, identity, requestyFace, 0, asked) as {
    choices: { message: Record<string, Json>; finish_reason: Json }[]
    usage?: Json
  }
export const messageOf = (...events: unknown[]) =>
  reply(feed([...events, delta({}, "stop"), "[DONE]"])).choices[0]?.message
export const callsOf = (...events: unknown[]) => {
  const calls = messageOf(...events)?.tool_calls as
    | { id: string; function: { name: string; arguments: string } }[]
    | undefined
  return calls?.map((call) => [call.id, call.function.name, call.function.arguments])
}
export const calls = (...list: object[]) => delta({ tool_calls: list })
export const errorOf = (parts: readonly ChatPart[]) =>
  parts.flatMap((part) => (part.type === "error" ? [part.error] : []))[0]
