import { inputTokens, outputTokens } from "../../contract/usage.ts"
import type { LedgerEntry } from "../../store/executor.ts"
import { tagsOf } from "../../store/usage/tags.ts"
import type { NumberName, TextName } from "./types.ts"

/** Texts come from clients; what is longer is cut, and found by what is left of it. */
const longestText = 512

/** Zero units part texts in their columns, and half a character would be stored as something else. */
const storable = (text: string): string => (text.includes("\0") ? text.replaceAll("\0", " ") : text).toWellFormed()

const clean = (text: string | undefined): string =>
  text === undefined ? "" : storable(text.length > longestText ? text.slice(0, longestText) : text)

const textAt = (value: unknown, ...path: readonly string[]): string => {
  let current = value
  for (const key of path)
    current = typeof current === "object" && current !== null ? (current as Record<string, unknown>)[key] : undefined
  return typeof current === "string" ? clean(current) : ""
}

/** OpenRouter's `trace`, Requesty's field of its own. */
const traceOf = (labels: LedgerEntry["generation"]["labels"]): string =>
  textAt(labels, "requesty", "trace_id") || textAt(labels, "trace", "trace_id") || textAt(labels, "trace", "id")

const guardrailsOf = (labels: LedgerEntry["generation"]["labels"]): string => {
  const findings = labels?.findings
  if (!Array.isArray(findings)) return ""
  const names = findings.map((finding: unknown) => textAt(finding, "guardrail").replaceAll(",", " "))
  return [...new Set(names)].sort().join(",")
}

/** What the log's columns hold of one request. */
export function textsOf({ generation }: LedgerEntry): Record<TextName, string> {
  const { owner, labels, route } = generation
  return {
    status: String(generation.status),
    error: clean(generation.errorCode),
    model: clean(generation.model),
    requested_model: clean(generation.requestedModel),
    provider: generation.provider,
    upstream_model: clean(generation.upstreamModel),
    api: generation.api,
    face: generation.face,
    key_id: generation.keyId,
    member: owner?.member ?? "",
    group: owner?.group ?? "",
    service_account: owner?.serviceAccount ?? "",
    project: owner?.project ?? "",
    app: clean(generation.origin),
    app_title: clean(generation.originTitle),
    agent: clean(generation.userAgent),
    finish_reason: clean(generation.finishReason),
    streamed: generation.streamed ? "true" : "false",
    cancelled: generation.cancelled ? "true" : "false",
    cached: generation.cache ? "true" : "false",
    byok: generation.byok === true ? "true" : "false",
    preset: clean(generation.preset),
    guardrail: guardrailsOf(labels),
    user: clean(generation.user) || textAt(labels, "requesty", "user_id"),
    session: clean(generation.sessionId),
    trace: traceOf(labels),
    conversation: route?.conversation ?? clean(generation.sessionId),
    id: clean(generation.id),
  }
}

export function numbersOf({ generation }: LedgerEntry): Record<NumberName, number> {
  const { usage } = generation
  return {
    cost: generation.costNano,
    latency: Math.round(generation.durationMs),
    first_token: generation.firstPartMs === undefined ? -1 : Math.round(generation.firstPartMs),
    input_tokens: inputTokens(usage),
    cached_tokens: usage.input.cacheRead,
    output_tokens: outputTokens(usage),
    reasoning_tokens: usage.output.reasoning,
    attempts: generation.attempts.length,
    losses: generation.losses.length,
  }
}

export function tagsOfEntry({ generation }: LedgerEntry): Readonly<Record<string, string>> {
  const tags = tagsOf(generation)
  if (tags === "") return {}
  const found = Object.entries(JSON.parse(tags) as Readonly<Record<string, string>>)
  return Object.fromEntries(found.map(([name, value]) => [storable(name), storable(value)]))
}

/** Columns whose values are lists, with commas between. */
const listColumns: ReadonlySet<string> = new Set(["guardrail", "extra.tags"])

export const isList = (column: string): boolean => listColumns.has(column.toLowerCase())

export const elementsOf = (column: string, text: string): readonly string[] =>
  isList(column) ? text.split(",") : [text]
