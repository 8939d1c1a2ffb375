import type { ClientDialect, FinishReason, Usage } from "../../../contract/index.ts"
import { AnswerWriter } from "./answer-writer.ts"
import { Namespaces } from "./namespaces.ts"
import { encodeUsage, outcomeOf, ResponseObject } from "./response-object.ts"

/** Parts → a whole response: the same items that its stream would have told of. An `error` part is thrown. */
export const encodeReply: ClientDialect["encodeReply"] = (parts, identity, face, costUsd, request) => {
  const writer = new AnswerWriter(identity.id, new Namespaces(request.tools))
  let usage: Usage | undefined
  let serviceTier: string | undefined
  let finish: { readonly reason: FinishReason; readonly raw: string | null } | undefined
  for (const part of parts) {
    if (part.type === "error") throw part.error
    if (part.type === "start") serviceTier = part.serviceTier
    else if (part.type === "usage") usage = part.usage
    else if (part.type !== "finish") writer.write(part)
    else if ((part.choice ?? 0) === 0) {
      finish = part
      writer.close(outcomeOf(part.reason, part.raw, writer.refused).status === "completed" ? "completed" : "incomplete")
    }
  }
  const outcome = outcomeOf(finish?.reason, finish?.raw ?? null, writer.refused)
  writer.close(outcome.status === "completed" ? "completed" : "incomplete")
  return new ResponseObject(identity, request).write({
    outcome,
    output: writer.output,
    usage: usage && encodeUsage(face, usage, costUsd),
    serviceTier,
  })
}
