import { type Content, isObject, type Json, type JsonObject, type ToolCallContent } from "../../../contract/index.ts"
import { defined, Fields, invalid } from "../../body/fields.ts"
import { placed, samePlace } from "../../translate/index.ts"
import { dialectName, geminiFormat, withExtras } from "../names.ts"
import { decodeContent, markLast, readCache } from "./decode-content.ts"

const decodeDetail = (raw: Json, path: string): Content => {
  if (!isObject(raw)) throw invalid(path, "must be an object")
  const detail = new Fields(raw, path)
  const type = detail.string("type")
  const base = {
    type: "reasoning" as const,
    format: detail.string("format") ?? "unknown",
    ...defined({ id: detail.string("id") }),
  }
  detail.any("index")
  if (type === "reasoning.text") {
    const [text, signature] = [detail.string("text"), detail.string("signature")]
    return { ...base, ...defined({ text, signature }), ...withExtras(detail.rest()) }
  }
  if (type === "reasoning.summary")
    return { ...base, summary: true, text: detail.string("summary") ?? "", ...withExtras(detail.rest()) }
  if (type === "reasoning.encrypted")
    return { ...base, encrypted: detail.string("data") ?? "", ...withExtras(detail.rest()) }
  return { type: "opaque", dialect: dialectName, data: { reasoning_detail: raw } }
}

/**
 * A signature without what it signs, though there was a text: OpenAI's own stream helper keeps of fields that it does not know what the last
 * chunk had. The vendor would refuse the signature, and with it the request. (Thinking that was never shown has no text anywhere.)
 */
const isTorn = (part: Content): boolean => part.type === "reasoning" && part.signature !== undefined && !part.text

const spellings = ["reasoning_content", "reasoning", "reasoning_text"] as const

/**
 * One of the spellings: the list with format tags where there is one, otherwise a plain text. Never two of them. Requesty's bare
 * `reasoning_signature` does not say who made it, and no model name proves it: its format is unknown here.
 */
const decodeReasoning = (message: Fields): Content[] => {
  const details = message.any("reasoning_details")
  const spelling = spellings.find((key) => message.string(key))
  const text = spelling === undefined ? undefined : message.string(spelling)
  for (const key of spellings) message.any(key)
  const signature = message.string("reasoning_signature") || undefined
  const plain = (fields: { readonly text?: string; readonly signature?: string }): Content[] => [
    placed({ type: "reasoning", format: "unknown", ...fields }, message.at(spelling ?? "reasoning_signature")),
  ]
  if (Array.isArray(details) && details.length > 0) {
    const parts = details.map((detail, index) => {
      const path = `${message.at("reasoning_details")}[${index}]`
      return placed(decodeDetail(detail, path), path)
    })
    return text !== undefined && parts.every(isTorn) ? plain({ text }) : parts
  }
  return text === undefined && signature === undefined ? [] : plain(defined({ text, signature }))
}

const thoughtSignature = (extra: JsonObject | undefined): string | undefined => {
  const google = extra?.google
  return isObject(google) && typeof google.thought_signature === "string" ? google.thought_signature : undefined
}

const decodeCall = (raw: Json, path: string, fallbackId: string): ToolCallContent => {
  if (!isObject(raw)) throw invalid(path, "must be an object")
  const call = new Fields(raw, path)
  const kind = call.string("type") === "custom" ? "custom" : "function"
  const body = new Fields(call.object(kind) ?? {}, `${path}.${kind}`)
  const name = body.string("name")
  if (name === undefined) throw invalid(`${path}.${kind}.name`, "must be a string")
  const input = body.any(kind === "custom" ? "input" : "arguments")
  const text = typeof input === "string" ? input : input === undefined ? "" : JSON.stringify(input)
  const signature = thoughtSignature(call.object("extra_content"))
  const id = call.string("id") || fallbackId
  call.any("index")
  return {
    type: "tool-call",
    id,
    name,
    // Several upstreams stream "" for a call without arguments, and clients send that back.
    arguments: kind === "function" && text.trim() === "" ? "{}" : text,
    kind,
    ...defined({ signature }),
    ...withExtras(call.rest()),
  }
}

/** Gemini's call signatures come back as encrypted reasoning that carries the id of the call. */
const attachSignatures = (
  reasoning: Content[],
  calls: ToolCallContent[],
): { reasoning: Content[]; calls: ToolCallContent[] } => {
  const used = new Set<Content>()
  const signed = calls.map((call) => {
    if (call.signature !== undefined) return call
    const detail = reasoning.find(
      (part) => part.type === "reasoning" && part.format === geminiFormat && part.id === call.id && part.encrypted,
    )
    if (detail?.type !== "reasoning" || detail.encrypted === undefined) return call
    used.add(detail)
    return samePlace({ ...call, signature: detail.encrypted }, call)
  })
  const ids = new Set(signed.filter((call) => call.signature !== undefined).map((call) => call.id))
  const isCopy = (part: Content) =>
    part.type === "reasoning" &&
    part.format === geminiFormat &&
    part.encrypted !== undefined &&
    part.id !== undefined &&
    ids.has(part.id)
  return { reasoning: reasoning.filter((part) => !used.has(part) && !isCopy(part)), calls: signed }
}

/** The content of an assistant message: reasoning first, then what it said, then what it called. */
export const decodeAssistant = (message: Fields, path: string, index: number): readonly Content[] => {
  message.any("model")
  const thoughts = decodeReasoning(message)
  const said = decodeContent(message.any("content"), `${path}.content`).map((part, at) =>
    placed(part, `${path}.content[${at}]`),
  )
  const refusal = message.string("refusal")
  const calls = (message.array("tool_calls") ?? []).map((call, position) =>
    placed(
      decodeCall(call, `${path}.tool_calls[${position}]`, `call_${index}_${position}`),
      `${path}.tool_calls[${position}]`,
    ),
  )
  const legacy = message.object("function_call")
  if (legacy && calls.length === 0)
    calls.push(decodeCall({ type: "function", function: legacy }, `${path}.function_call`, `call_${index}_0`))
  const signed = attachSignatures(thoughts, calls)
  return markLast(
    [...signed.reasoning, ...said, ...(refusal ? [{ type: "refusal" as const, text: refusal }] : []), ...signed.calls],
    readCache(message),
  )
}
