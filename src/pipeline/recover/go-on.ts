import type { ChatRequest, Content, GatewayError, Message } from "../../contract/index.ts"
import type { Try } from "../attempt/try.ts"
import type { LiveOffer, LiveWire } from "../services.ts"

/** For models that do not go on with a turn of their own. */
const words =
  "Your last message was cut off. Go on exactly where it ends: begin with the very next character, repeat nothing, and say nothing about the interruption."

/** Whether a model goes on with a conversation that ends with its own turn. The Responses API always begins a new message. */
export const takesPrefill = ({ wire, profile }: LiveWire): boolean =>
  profile.noPrefill !== true && wire.dialect.name !== "responses"

export const offerTakesPrefill = ({ wires }: LiveOffer): boolean => wires.some(takesPrefill)

/** Whether a begun answer may be what this upstream refuses in a request that others have taken. */
export const refusesBegun = ({ code }: GatewayError, offer: LiveOffer): boolean =>
  (code === "upstream_invalid_request" || code === "unsupported_parameter") && offerTakesPrefill(offer)

/**
 * The request of an attempt that goes on with what another one had begun: ends with what the client has of the answer, where the model takes
 * that, otherwise with words that ask for the rest. It neither thinks anew nor begins another document, and what was said counts against the
 * output limit. Every other request stays as it is.
 */
export function goOn(current: Try, live: LiveWire | undefined, request: ChatRequest): ChatRequest {
  const { continues } = current.start
  if (!continues) return request
  const isPrefill = live !== undefined && !continues.inWords && takesPrefill(live)
  current.continuedBy = isPrefill ? "prefill" : "words"
  current.mayRepeat = !isPrefill || live.wire.dialect.name === "chat-completions"
  // A format is asked of a whole answer; what is left is not one.
  const { responseFormat: _, reasoning, maxOutputTokens, ...rest } = request
  const asked: Message = { role: "user", content: [{ type: "text", text: words }] }
  return {
    ...rest,
    messages: [...withTurn(request.messages, continues.text), ...(isPrefill ? [] : [asked])],
    ...(reasoning === undefined ? {} : { reasoning: { enabled: false } }),
    ...(maxOutputTokens === undefined
      ? {}
      : { maxOutputTokens: Math.max(1, current.cap ? maxOutputTokens : maxOutputTokens - continues.spentTokens) }),
  }
}

/** A client that began the answer itself has its words in the same turn. */
function withTurn(messages: readonly Message[], text: string): readonly Message[] {
  const last = messages.at(-1)
  if (last?.role !== "assistant") return [...messages, { role: "assistant", content: [{ type: "text", text }] }]
  return [...messages.slice(0, -1), { ...last, content: joined(last.content, text) }]
}

const joined = (content: readonly Content[], text: string): readonly Content[] => {
  const last = content.at(-1)
  return last?.type === "text"
    ? [...content.slice(0, -1), { ...last, text: last.text + text }]
    : [...content, { type: "text", text }]
}
