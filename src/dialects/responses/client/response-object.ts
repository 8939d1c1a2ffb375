import {
  type ChatRequest,
  type Face,
  type FinishReason,
  isObject,
  type Json,
  type JsonObject,
  type ReplyIdentity,
  type Usage,
} from "../../../contract/index.ts"
import { echoOf } from "./echo.ts"

/** `usage` as the face has it, in this API's words. */
export const encodeUsage = (face: Face, usage: Usage, costUsd: number): JsonObject => {
  const { prompt_tokens, completion_tokens, prompt_tokens_details, completion_tokens_details, ...rest } = face.usage(
    usage,
    costUsd,
  )
  const { server_tool_use: searches, total_tokens, cost_details: details, ...others } = rest
  return {
    input_tokens: prompt_tokens ?? 0,
    input_tokens_details: prompt_tokens_details ?? { cached_tokens: 0 },
    output_tokens: completion_tokens ?? 0,
    output_tokens_details: completion_tokens_details ?? { reasoning_tokens: 0 },
    total_tokens: total_tokens ?? 0,
    ...others,
    ...(isObject(details) ? { cost_details: detailsOf(details) } : {}),
    ...(searches === undefined ? {} : { server_tool_use_details: searches }),
  }
}

/** This API counts input and output where chats have prompts and completions. */
const detailsOf = ({
  upstream_inference_prompt_cost: input,
  upstream_inference_completions_cost: output,
  ...rest
}: JsonObject): JsonObject => ({
  ...rest,
  upstream_inference_input_cost: input ?? 0,
  upstream_inference_output_cost: output ?? 0,
})

export type Outcome =
  | { readonly status: "queued" | "in_progress" | "completed" | "cancelled" }
  | { readonly status: "incomplete"; readonly reason: "max_output_tokens" | "content_filter" }
  | { readonly status: "failed"; readonly error: JsonObject; readonly errorType: string }

/** How an answer ended. A refusal is an answer: it is told by its part. */
export const outcomeOf = (reason: FinishReason | undefined, raw: string | null, refused: boolean): Outcome => {
  if (reason === "length") return { status: "incomplete", reason: "max_output_tokens" }
  if (reason === "content-filter" && !refused) return { status: "incomplete", reason: "content_filter" }
  if (reason !== "error") return { status: "completed" }
  const message = `The upstream ended its answer with an error${raw === null ? "" : ` (${raw})`}. Try again.`
  return { status: "failed", error: { code: "server_error", message, type: "server_error" }, errorType: "server" }
}

export interface ResponseState {
  readonly outcome: Outcome
  readonly output: JsonObject[]
  readonly usage: JsonObject | undefined
  readonly serviceTier: string | undefined
}

/** The response object with every key that a client's library demands, on either face: what is not known is null. */
export class ResponseObject {
  readonly #identity: ReplyIdentity
  readonly #echo: JsonObject

  constructor(identity: ReplyIdentity, request: ChatRequest) {
    this.#identity = identity
    this.#echo = { ...echoOf(request), ...identity.echo }
  }

  write({ outcome, output, usage, serviceTier }: ResponseState): JsonObject {
    const { id, model, createdSeconds, completedSeconds } = this.#identity
    const completed: Json = outcome.status === "completed" ? (completedSeconds?.() ?? null) : null
    return {
      id,
      object: "response",
      created_at: createdSeconds,
      status: outcome.status,
      completed_at: completed,
      error: outcome.status === "failed" ? outcome.error : null,
      incomplete_details: outcome.status === "incomplete" ? { reason: outcome.reason } : null,
      model,
      output,
      ...this.#echo,
      ...(serviceTier === undefined ? {} : { service_tier: serviceTier }),
      usage: usage ?? null,
      ...(outcome.status === "failed" ? { error_type: outcome.errorType } : {}),
    }
  }
}
