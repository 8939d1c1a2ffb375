import type { JsonObject } from "../../contract/index.ts"
import type { LogCursor, LogRow, LogSession } from "../../ledger/log/types.ts"
import { usd } from "../../ledger/money.ts"
import { wrong } from "../fields/fields.ts"
import type { HttpServices } from "../services.ts"
import { timeText } from "../shown.ts"

/** A row of the log as it is shown. USD, ISO 8601, milliseconds. What is not there is null. */
export type ShownRow = Readonly<Record<string, unknown>>

const orNull = (text: string): string | null => (text === "" ? null : text)

export function shower(services: HttpServices): (row: LogRow, feedback: JsonObject | undefined) => ShownRow {
  const { keys } = services
  return ({ at, texts, numbers, tags }, feedback) => ({
    id: texts.id,
    time: timeText(at),
    status: Number(texts.status),
    error: orNull(texts.error),
    model: texts.model,
    requested_model: texts.requested_model,
    provider: orNull(texts.provider),
    upstream_model: orNull(texts.upstream_model),
    api: texts.api,
    face: texts.face,
    key_id: texts.key_id,
    key_name: keys.get(texts.key_id)?.name ?? null,
    member: orNull(texts.member),
    group: orNull(texts.group),
    service_account: orNull(texts.service_account),
    project: orNull(texts.project),
    app: orNull(texts.app),
    app_title: orNull(texts.app_title),
    agent: orNull(texts.agent),
    finish_reason: orNull(texts.finish_reason),
    streamed: texts.streamed === "true",
    cancelled: texts.cancelled === "true",
    cached: texts.cached === "true",
    byok: texts.byok === "true",
    preset: orNull(texts.preset),
    guardrails: texts.guardrail === "" ? [] : texts.guardrail.split(","),
    user: orNull(texts.user),
    session: orNull(texts.session),
    trace: orNull(texts.trace),
    conversation: orNull(texts.conversation),
    extra: tags,
    input_tokens: numbers.input_tokens,
    cached_tokens: numbers.cached_tokens,
    output_tokens: numbers.output_tokens,
    reasoning_tokens: numbers.reasoning_tokens,
    cost: usd(numbers.cost),
    latency: numbers.latency,
    first_token: numbers.first_token < 0 ? null : numbers.first_token,
    attempts: numbers.attempts,
    losses: numbers.losses,
    feedback: feedback ?? null,
  })
}

export function showSession(services: HttpServices): (session: LogSession) => ShownRow {
  const { keys } = services
  return (session) => ({
    conversation: session.conversation,
    session: orNull(session.session),
    first_at: timeText(session.firstAt),
    last_at: timeText(session.lastAt),
    requests: session.requests,
    failed: session.failed,
    cost: usd(session.costNano),
    input_tokens: session.inputTokens,
    output_tokens: session.outputTokens,
    key_id: session.keyId,
    key_name: keys.get(session.keyId)?.name ?? null,
    models: session.models,
  })
}

export const cursorText = ({ batch, place }: LogCursor): string => `${batch.toString(36)}.${place.toString(36)}`

export function readCursor(text: string): LogCursor {
  const [, batch, place] = /^([0-9a-z]{1,11})\.([0-9a-z]{1,6})$/.exec(text) ?? []
  if (batch === undefined || place === undefined) throw wrong("cursor", "the next_cursor of a page")
  return { batch: Number.parseInt(batch, 36), place: Number.parseInt(place, 36) }
}
