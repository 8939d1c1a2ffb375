import { chatCompletions, elementsAt, memberOf, objectAt, topLevel, valueText } from "signalbox/dialects"
import type { Dialect, NativeLane } from "signalbox/plugin"
import { toMistral } from "./request.ts"

/** Words of chat completions that Mistral has others for. */
const differs = /"(?:seed|image_url|file_data|file_id|input_audio)"|"tool_choice"\s*:\s*"required"/

/** Whether the conversation ends with the assistant, so that its last message needs a mark. */
const endsOpen = (text: string): boolean => {
  const messages = memberOf(topLevel(text), "messages")
  const last = messages && elementsAt(text, messages.valueStart)?.at(-1)
  const role = last && memberOf(objectAt(text, last.start), "role")
  return role !== undefined && valueText(text, role) === '"assistant"'
}

const adapt = (native: NativeLane): NativeLane => ({
  request(text, target) {
    // Answers of models that think are lists of parts, which clients of this format cannot read.
    if (target.profile.reasoningEcho !== undefined || differs.test(text) || endsOpen(text)) return undefined
    return native.request(text, target)
  },
  reply: (text, patch, provider) => native.reply(text, patch, provider),
  stream: (patch, provider) => native.stream(patch, provider),
})

/** Mistral's chat completions: OpenAI's, with other words in the request and lists of parts in the answer. */
export const mistralChat: Dialect = {
  ...chatCompletions,
  encodeRequest: (request, target) => toMistral(chatCompletions.encodeRequest(request, target)),
  ...(chatCompletions.native ? { native: adapt(chatCompletions.native) } : {}),
}
