import {
  type Effort,
  isObject,
  type JsonObject,
  type ReasoningRequest,
  type ResponseFormat,
} from "../../../contract/index.ts"
import { defined, Fields, invalid } from "../../body/fields.ts"
import { dialectName } from "../formats.ts"

export interface Wishes {
  readonly reasoning?: ReasoningRequest
  readonly responseFormat?: ResponseFormat
}

const efforts: ReadonlySet<string> = new Set(["low", "medium", "high", "xhigh", "max"] satisfies Effort[])

interface OutputConfig {
  readonly effort: Effort | undefined
  readonly format: JsonObject | undefined
  readonly rest: JsonObject
}

/** An effort of tomorrow stays where it was, for upstreams of this format. */
const readOutputConfig = (raw: JsonObject | undefined): OutputConfig => {
  const config = new Fields(raw ?? {}, "output_config")
  const effort = config.string("effort")
  const format = config.object("format")
  const known = effort !== undefined && efforts.has(effort)
  const rest = { ...config.rest(), ...(effort !== undefined && !known ? { effort } : {}) }
  return { effort: known ? (effort as Effort) : undefined, format, rest }
}

const readFormat = (raw: JsonObject | undefined, path: string): ResponseFormat | undefined => {
  if (!raw) return undefined
  const format = new Fields(raw, path)
  if (format.string("type") !== "json_schema") return { type: "opaque", dialect: dialectName, data: raw }
  const schema = format.object("schema")
  if (!schema) throw invalid(`${path}.schema`, "is missing: it must be a JSON Schema")
  return { type: "json-schema", name: "answer", schema, strict: true }
}

const displayOf = (raw: JsonObject): ReasoningRequest["display"] =>
  raw.display === "omitted" || raw.display === "summarized" ? raw.display : undefined

/** What `thinking` says; undefined for a form that only this format knows. */
const readThinking = (raw: JsonObject, effort: Effort | undefined): ReasoningRequest | undefined => {
  const thinking = new Fields(raw, "thinking")
  const display = displayOf(raw)
  switch (thinking.string("type")) {
    case "enabled": {
      const budget = thinking.integer("budget_tokens", 1)
      return { enabled: true, ...defined({ budget, effort, display }) }
    }
    case "adaptive":
      // Without a word the effort is high: platform.claude.com, effort.
      return { enabled: true, effort: effort ?? "high", ...defined({ display }) }
    case "disabled":
      return { enabled: false }
    case undefined:
      throw invalid("thinking.type", "is missing: it must be enabled, adaptive or disabled")
    default:
      return undefined
  }
}

/** `thinking`, `output_config` and its predecessor `output_format`. What only this format understands goes to `rest`. */
export const decodeWishes = (request: Fields, rest: JsonObject): Wishes => {
  const { effort, format, rest: config } = readOutputConfig(request.object("output_config"))
  const thinking = request.object("thinking")
  const older = request.object("output_format")
  const responseFormat = readFormat(format, "output_config.format") ?? readFormat(older, "output_format")
  const read = thinking ? readThinking(thinking, effort) : undefined
  if (thinking && !read) rest.thinking = thinking
  const implicit = effort === undefined || thinking ? undefined : ({ effort, implicit: true } as const)
  // An effort beside thinking that is off, or of an unknown form, means the answer alone.
  const kept = effort !== undefined && thinking && (!read || read.enabled === false) ? { ...config, effort } : config
  if (Object.keys(kept).length > 0) rest.output_config = kept
  return defined({ reasoning: read ?? implicit, responseFormat }) as Wishes
}

/** The wish to see no text of the thinking, whatever vendor thinks. */
export const omitsThinking = (reasoning: ReasoningRequest | undefined): boolean => reasoning?.display === "omitted"

/** `metadata.user_id`; further fields are this format's own. */
export const decodeUser = (request: Fields, rest: JsonObject): string | undefined => {
  const raw = request.object("metadata")
  const own = request.string("user")
  if (!raw) return own
  const metadata = new Fields(raw, "metadata")
  const id = metadata.string("user_id")
  if (isObject(raw) && Object.keys(metadata.rest()).length > 0) rest.metadata = raw
  return id ?? own
}
