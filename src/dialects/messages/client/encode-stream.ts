import type { ChatPart, ClientDialect, JsonObject, StreamEncoder, Usage } from "../../../contract/index.ts"
import { emptyUsage, GatewayError } from "../../../contract/index.ts"
import { encodeEvent } from "../../sse.ts"
import { BlockWriter } from "./blocks.ts"
import { omitsThinking } from "./decode-thinking.ts"
import { errorEvent } from "./errors.ts"
import { endingOf, messageHead, usageOf } from "./reply-fields.ts"

const write = (event: JsonObject): string => encodeEvent(event, String(event.type))

export const ping = write({ type: "ping" })

/**
 * Parts → the events of a stream. `message_start` waits for the first block, so that it can tell the input where the upstream counts it
 * early; `message_delta` has the whole count. An error is one event and the end: an open block stays open, since its content is not whole.
 */
export const encodeStream: ClientDialect["encodeStream"] = (identity, face, options) => {
  const blocks = new BlockWriter(omitsThinking(options.request.reasoning), options.lose)
  let start: Extract<ChatPart, { type: "start" }> | undefined
  let finish: Extract<ChatPart, { type: "finish" }> | undefined
  let usage: Usage | undefined
  let greeted = false
  let ended = false

  const counted = (known: Usage | undefined) =>
    usageOf(known ?? emptyUsage, face, known ? options.price(known) : 0, start?.serviceTier)

  const greet = (): string => {
    if (greeted) return ""
    greeted = true
    const message = {
      ...messageHead(identity),
      content: [],
      stop_reason: null,
      stop_sequence: null,
      stop_details: null,
      container: null,
      usage: counted(usage),
    }
    return write({ type: "message_start", message }) + ping
  }

  const events = (list: readonly JsonObject[]): string =>
    list.length === 0 ? "" : greet() + list.map((event) => write(event)).join("")

  const fail = (error: GatewayError): string => {
    ended = true
    return errorEvent(error, face, options.context)
  }

  const close = (): string => {
    const rest = events(blocks.end())
    const {
      usage: more,
      words,
      context_management: context,
      ...delta
    } = endingOf(finish, blocks.calledTools, blocks.refusal)
    const said = words === "" ? "" : events(blocks.say(words))
    ended = true
    return [
      rest,
      said,
      greet(),
      write({
        type: "message_delta",
        delta,
        usage: { ...counted(usage), ...more },
        ...(context ? { context_management: context } : {}),
      }),
      write({ type: "message_stop" }),
    ].join("")
  }

  const encoder: StreamEncoder = {
    push(part) {
      if (ended) return ""
      if ("index" in part) return events(blocks.write(part))
      if (part.type === "start") start = part
      else if (part.type === "usage") usage = part.usage
      else if (part.type === "error") return fail(part.error)
      else if ((part.choice ?? 0) === 0) finish = part
      return ""
    },
    end(error) {
      if (ended) return ""
      if (error) return fail(error)
      try {
        return close()
      } catch (thrown) {
        if (!GatewayError.is(thrown)) throw thrown
        return fail(thrown)
      }
    },
  }
  return encoder
}
