import type { ChatPart, ClientDialect, FinishReason, GatewayError, JsonObject, Usage } from "../../../contract/index.ts"
import { encodeEvent } from "../../sse.ts"
import { AnswerWriter } from "./answer-writer.ts"
import { failureOf } from "./failure.ts"
import type { Event } from "./item-writer.ts"
import { Namespaces } from "./namespaces.ts"
import { encodeUsage, type Outcome, outcomeOf, ResponseObject } from "./response-object.ts"

/**
 * Parts → the events of a stream, numbered from 0: created and in_progress, items as they grow, and one terminal event that holds the
 * whole response. An error is `response.failed` and the end.
 */
export const encodeStream: ClientDialect["encodeStream"] = (identity, face, options) => {
  const writer = new AnswerWriter(identity.id, new Namespaces(options.request.tools))
  const object = new ResponseObject(identity, options.request)
  let sequence = 0
  let began = false
  let usage: Usage | undefined
  let serviceTier: string | undefined
  let finish: { readonly reason: FinishReason; readonly raw: string | null } | undefined
  let terminal: JsonObject | undefined

  const write = (events: readonly Event[]): string =>
    events.map(({ type, ...fields }) => encodeEvent({ type, sequence_number: sequence++, ...fields }, type)).join("")

  const responseAs = (outcome: Outcome): JsonObject =>
    object.write({
      outcome,
      output: writer.output,
      usage: usage && encodeUsage(face, usage, options.price(usage)),
      serviceTier,
    })

  const begin = (): string => {
    if (began) return ""
    began = true
    const response = responseAs({ status: "in_progress" })
    return write([
      { type: "response.created", response },
      { type: "response.in_progress", response },
    ])
  }

  const terminate = (outcome: Outcome): string => {
    terminal = responseAs(outcome)
    return write([{ type: `response.${outcome.status}`, response: terminal }]) + face.responsesTrailer
  }

  /** What was under way is shown as incomplete, but not told to be done: clients run the calls that are. */
  const failAs = (outcome: Outcome): string => {
    const start = begin()
    writer.close("incomplete")
    return start + terminate(outcome)
  }

  const fail = (error: GatewayError): string => failAs(failureOf(error, face, options.context))

  const outcome = () => outcomeOf(finish?.reason, finish?.raw ?? null, writer.refused)

  const closeItems = (): string => {
    const { status } = outcome()
    return status === "failed" ? "" : write(writer.close(status === "completed" ? "completed" : "incomplete"))
  }

  const complete = (): string => {
    const last = outcome()
    return last.status === "failed" ? failAs(last) : begin() + closeItems() + terminate(last)
  }

  const push = (part: ChatPart): string => {
    switch (part.type) {
      case "error":
        return fail(part.error)
      case "start":
        serviceTier = part.serviceTier
        return begin()
      case "usage":
        usage = part.usage
        return ""
      case "finish":
        if ((part.choice ?? 0) > 0) return ""
        finish = part
        return begin() + closeItems()
      default:
        return begin() + write(writer.write(part))
    }
  }

  return {
    push: (part) => (terminal ? "" : push(part)),
    end: (error) => {
      if (terminal) return ""
      return error ? fail(error) : complete()
    },
    reply: () => terminal ?? responseAs(outcome()),
  }
}
