import type { ClientDialect, GatewayError, JsonObject, StreamEncoder, Usage } from "../../../contract/index.ts"
import { encodeEvent } from "../../sse.ts"
import { CandidateBook, contentOf, feedbackOf, finishOf, optional } from "./candidates.ts"
import { errorBody } from "./errors.ts"
import type { Fragment } from "./fragments.ts"
import { encodeLogprobs } from "./logprobs.ts"
import { encodeUsage } from "./usage.ts"

/**
 * Parts → events that are whole GenerateContentResponses. The last one has the finish reasons, what was cited and the usage, on which
 * Gemini CLI counts. Nothing marks the end of a stream; an error is an event and the end.
 */
export const encodeStream: ClientDialect["encodeStream"] = (identity, face, options) => {
  const book = new CandidateBook()
  let usage: Usage | undefined
  let tier: string | undefined
  let ended = false

  const chunk = (candidates: JsonObject[], more: JsonObject = {}) =>
    encodeEvent({ candidates, ...more, modelVersion: identity.model, responseId: identity.id })

  const piece = ({ choice, part, logprobs }: Fragment) => {
    const chances = logprobs === undefined ? undefined : encodeLogprobs([logprobs])
    return chunk([{ content: contentOf([part]), index: choice, ...optional("logprobsResult", chances) }])
  }

  const fail = (error: GatewayError) => {
    ended = true
    return encodeEvent(errorBody(error, face, options.context))
  }

  const last = (): string => {
    const states = book.states()
    const rest = states.flatMap(([index]) => book.close(index) ?? []).map(piece)
    const candidates = states.map(
      ([index, state]): JsonObject => ({
        content: contentOf([]),
        finishReason: finishOf(state),
        index,
        ...optional("groundingMetadata", state.grounding.encode()),
      }),
    )
    const counted = usage && { ...encodeUsage(usage, options.price(usage)), ...optional("serviceTier", tier) }
    return rest.join("") + chunk(candidates, { ...feedbackOf(states), ...optional("usageMetadata", counted) })
  }

  const encoder: StreamEncoder = {
    push: (part) => {
      if (ended) return ""
      if (part.type === "error") return fail(part.error)
      if (part.type === "usage") usage = part.usage
      if (part.type === "start") tier = part.serviceTier
      const fragment = book.push(part)
      return fragment ? piece(fragment) : ""
    },
    end: (error) => {
      if (ended) return ""
      if (error) return fail(error)
      ended = true
      return last()
    },
  }
  return encoder
}
