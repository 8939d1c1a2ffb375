import type { AttemptRecord, Generation } from "../contract/generation.ts"
import type { Price, PriceSource } from "../contract/usage.ts"
import type { LedgerEntry, Row, SqlValue } from "./executor.ts"

const json = (value: unknown): string | null => (value === undefined ? null : JSON.stringify(value))
const bit = (value: boolean | undefined): number | null => (value === undefined ? null : value ? 1 : 0)

type Column = readonly [name: string, read: (generation: Generation) => SqlValue | undefined]

/** Every column of `generations` after `entry`, `bucket` and `settled_at`, with where its value comes from. */
const columns: readonly Column[] = [
  ["id", (generation) => generation.id],
  ["request_id", (generation) => generation.requestId],
  ["upstream_id", (generation) => generation.upstreamId],
  ["key_id", (generation) => generation.keyId],
  ["created_at", (generation) => generation.createdAt],
  ["requested_model", (generation) => generation.requestedModel],
  ["model", (generation) => generation.model],
  ["provider", (generation) => generation.provider],
  ["upstream_model", (generation) => generation.upstreamModel],
  ["api", (generation) => generation.api],
  ["face", (generation) => generation.face],
  ["streamed", (generation) => bit(generation.streamed)],
  ["cancelled", (generation) => bit(generation.cancelled)],
  ["status", (generation) => generation.status],
  ["error_code", (generation) => generation.errorCode],
  ["finish_reason", (generation) => generation.finishReason],
  ["native_finish_reason", (generation) => generation.nativeFinishReason],
  ["input_fresh", (generation) => generation.usage.input.fresh],
  ["input_cache_read", (generation) => generation.usage.input.cacheRead],
  ["input_cache_write", (generation) => generation.usage.input.cacheWrite],
  ["input_cache_write_1h", (generation) => generation.usage.input.cacheWrite1h],
  ["input_audio", (generation) => generation.usage.input.audio],
  ["input_image", (generation) => generation.usage.input.image],
  ["output_text", (generation) => generation.usage.output.text],
  ["output_reasoning", (generation) => generation.usage.output.reasoning],
  ["output_audio", (generation) => generation.usage.output.audio],
  ["output_image", (generation) => generation.usage.output.image],
  ["usage_counters", (generation) => json(generation.usage.counters)],
  ["usage_estimated", (generation) => bit(generation.usage.estimated)],
  ["reported_cost_usd", (generation) => generation.usage.reportedCostUsd],
  ["cost_nano", (generation) => generation.costNano],
  ["price_source", (generation) => generation.priceSource],
  ["price", (generation) => json(generation.price)],
  ["duration_ms", (generation) => generation.durationMs],
  ["first_part_ms", (generation) => generation.firstPartMs],
  ["attempts", (generation) => JSON.stringify(generation.attempts)],
  ["losses", (generation) => JSON.stringify(generation.losses)],
  ["user", (generation) => generation.user],
  ["session_id", (generation) => generation.sessionId],
  ["origin", (generation) => generation.origin],
  ["origin_title", (generation) => generation.originTitle],
  ["user_agent", (generation) => generation.userAgent],
  ["labels", (generation) => json(generation.labels)],
]

export const generationColumns: readonly string[] = ["entry", "bucket", "settled_at", ...columns.map(([name]) => name)]

export const insertGeneration = `insert into generations (${generationColumns.map((name) => `"${name}"`).join(", ")}) values (${generationColumns.map(() => "?").join(", ")})`

/** Arguments for `insertGeneration`. */
export const generationArgs = (entry: string, bucket: number, { settledAt, generation }: LedgerEntry): SqlValue[] => {
  const args: SqlValue[] = [entry, bucket, settledAt]
  for (const [, read] of columns) args.push(read(generation) ?? null)
  return args
}

/** A row as SQL gives it, read back into what was recorded. Absent stays absent: nothing becomes null. */
export const generationOf = (row: Row): Generation => {
  const text = (name: string): string => String(row[name])
  const number = (name: string): number => Number(row[name])
  const optional = <K extends string, V>(key: K, name: string, read: (name: string) => V): { [P in K]?: V } =>
    row[name] === null || row[name] === undefined ? {} : ({ [key]: read(name) } as { [P in K]?: V })
  const parsed =
    <V>() =>
    (name: string): V =>
      JSON.parse(text(name)) as V
  return {
    id: text("id"),
    requestId: text("request_id"),
    ...optional("upstreamId", "upstream_id", text),
    keyId: text("key_id"),
    createdAt: number("created_at"),
    requestedModel: text("requested_model"),
    model: text("model"),
    provider: text("provider"),
    upstreamModel: text("upstream_model"),
    api: text("api") as Generation["api"],
    face: text("face") as Generation["face"],
    streamed: number("streamed") === 1,
    cancelled: number("cancelled") === 1,
    status: number("status"),
    ...optional("errorCode", "error_code", text),
    ...optional("finishReason", "finish_reason", text),
    ...optional("nativeFinishReason", "native_finish_reason", text),
    usage: {
      input: {
        fresh: number("input_fresh"),
        cacheRead: number("input_cache_read"),
        cacheWrite: number("input_cache_write"),
        cacheWrite1h: number("input_cache_write_1h"),
        audio: number("input_audio"),
        image: number("input_image"),
      },
      output: {
        text: number("output_text"),
        reasoning: number("output_reasoning"),
        audio: number("output_audio"),
        image: number("output_image"),
      },
      ...optional("counters", "usage_counters", parsed<Record<string, number>>()),
      ...optional("estimated", "usage_estimated", (name) => number(name) === 1),
      ...optional("reportedCostUsd", "reported_cost_usd", number),
    },
    costNano: number("cost_nano"),
    priceSource: text("price_source") as PriceSource,
    ...optional("price", "price", parsed<Price>()),
    durationMs: number("duration_ms"),
    ...optional("firstPartMs", "first_part_ms", number),
    attempts: parsed<AttemptRecord[]>()("attempts"),
    losses: parsed<Generation["losses"]>()("losses"),
    ...optional("user", "user", text),
    ...optional("sessionId", "session_id", text),
    ...optional("origin", "origin", text),
    ...optional("originTitle", "origin_title", text),
    ...optional("userAgent", "user_agent", text),
    ...optional("labels", "labels", parsed<Record<string, unknown>>()),
  }
}
