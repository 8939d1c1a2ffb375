import { isObject, type Json, type JsonObject } from "../../../src/contract/index.ts"
import type { OfferedTool, Step } from "./script.ts"
import { resultText } from "./upstream.ts"

const list = (value: Json | undefined): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : [])

export const sealOf = (thinking: string): string => `gAAAA-${Bun.hash(thinking).toString(36)}`

const topLevel = new Set(
  "model input instructions tools tool_choice parallel_tool_calls reasoning text store include prompt_cache_key prompt_cache_retention prompt_cache_options stream stream_options metadata max_output_tokens max_tool_calls temperature top_p top_logprobs truncation service_tier safety_identifier user background previous_response_id conversation prompt context_management client_metadata".split(
    " ",
  ),
)

/** Fields that each kind of input item has; others are refused. */
const itemFields: Readonly<Record<string, readonly string[]>> = {
  message: ["id", "role", "content", "status", "phase"],
  reasoning: ["id", "summary", "content", "encrypted_content", "status"],
  function_call: ["id", "call_id", "name", "namespace", "arguments", "status"],
  function_call_output: ["id", "call_id", "output", "status"],
  custom_tool_call: ["id", "call_id", "name", "namespace", "input", "status"],
  custom_tool_call_output: ["id", "call_id", "output", "status"],
}

const typeOf = (item: JsonObject): string => (typeof item.type === "string" ? item.type : "message")

const isOutput = (item: JsonObject): boolean => typeOf(item).endsWith("_call_output")
const isCall = (item: JsonObject): boolean => typeOf(item).endsWith("_call")

const checkItems = (items: readonly JsonObject[], seals: ReadonlySet<string>): string | undefined => {
  for (const [index, item] of items.entries()) {
    const fields = itemFields[typeOf(item)]
    if (!fields) return `Invalid value: '${typeOf(item)}'. (input[${index}].type)`
    const unknown = Object.keys(item).find((key) => key !== "type" && !fields.includes(key))
    if (unknown !== undefined) return `Unknown parameter: 'input[${index}].${unknown}'.`
    if (item.encrypted_content != null && !seals.has(String(item.encrypted_content)))
      return `The encrypted content for item ${item.id ?? index} could not be verified.`
    const partner = (other: JsonObject) => other.call_id === item.call_id
    if (isCall(item) && !items.slice(index).some((other) => isOutput(other) && partner(other)))
      return `No tool output found for function call ${item.call_id}.`
    if (isOutput(item) && !items.slice(0, index).some((other) => isCall(other) && partner(other)))
      return `No tool call found for function call output with call_id ${item.call_id}.`
    if (typeOf(item) === "reasoning") {
      const next = items[index + 1]
      if (!next || isOutput(next) || next.role === "user")
        return `Item '${item.id}' of type 'reasoning' was provided without its required following item.`
    }
  }
  return undefined
}

const kinds =
  /^(?:function|custom|web_search|web_search_preview|file_search|code_interpreter|image_generation|mcp|local_shell|shell|apply_patch|namespace|tool_search|computer)/

/** What the real API refuses; undefined = fine. */
export const refusalOf = (body: JsonObject, seals: ReadonlySet<string>): string | undefined => {
  const unknown = Object.keys(body).find((key) => !topLevel.has(key))
  if (unknown !== undefined) return `Unknown parameter: '${unknown}'.`
  const tool = list(body.tools).find(({ type }) => !kinds.test(String(type)))
  if (tool) return `Invalid value: '${tool.type}'. (tools[].type)`
  const nameless = list(body.tools).find(({ type, name }) => type === "function" && typeof name !== "string")
  if (nameless) return "Missing required parameter: 'tools[].name'."
  return checkItems(list(body.input), seals)
}

export const toolsOf = (body: JsonObject): OfferedTool[] =>
  list(body.tools).flatMap((tool) =>
    typeof tool.name !== "string" || !/^(?:function|custom)$/.test(String(tool.type))
      ? []
      : [
          {
            name: tool.name,
            schema: tool.type === "custom" ? undefined : isObject(tool.parameters) ? tool.parameters : {},
          },
        ],
  )

export const resultsOf = (body: JsonObject): string[] =>
  list(body.input)
    .filter(isOutput)
    .map(({ output }) => resultText(output))

/** Every turn with calls has its reasoning item with what only the vendor can read. */
export const keptReasoning = (body: JsonObject): boolean => {
  const items = list(body.input)
  const turns = items.filter((item, index) => isCall(item) && !isCall(items[index - 1] ?? {})).length
  return items.filter((item) => typeOf(item) === "reasoning" && item.encrypted_content != null).length === turns
}

const usage = {
  input_tokens: 30,
  input_tokens_details: { cached_tokens: 0 },
  output_tokens: 20,
  output_tokens_details: { reasoning_tokens: 8 },
  total_tokens: 50,
}

const itemsOf = (step: Step, id: () => string, sealed: boolean): JsonObject[] => {
  const reasoning: JsonObject = {
    id: `rs_${id()}`,
    type: "reasoning",
    summary: [{ type: "summary_text", text: step.thinking }],
    ...(sealed ? { encrypted_content: sealOf(step.thinking) } : {}),
  }
  const rest =
    "calls" in step
      ? step.calls.map(({ name, input }): JsonObject => {
          const n = id()
          const frame = { call_id: `call_${n}`, name, status: "completed" }
          return typeof input === "string"
            ? { id: `ctc_${n}`, type: "custom_tool_call", ...frame, input }
            : { id: `fc_${n}`, type: "function_call", ...frame, arguments: JSON.stringify(input) }
        })
      : [
          {
            id: `msg_${id()}`,
            type: "message",
            role: "assistant",
            status: "completed",
            content: [{ type: "output_text", text: step.text, annotations: [] }],
          },
        ]
  return [reasoning, ...rest]
}

/** The deltas between `added` and `done` of an item. */
const between = (item: JsonObject, output_index: number): JsonObject[] => {
  const at = { item_id: item.id ?? null, output_index }
  const pieces = (text: string) => text.match(/.{1,9}/gsu) ?? []
  switch (item.type) {
    case "function_call":
      return [
        ...pieces(String(item.arguments)).map((delta) => ({
          type: "response.function_call_arguments.delta",
          ...at,
          delta,
        })),
        { type: "response.function_call_arguments.done", ...at, name: item.name!, arguments: item.arguments! },
      ]
    case "custom_tool_call":
      return [
        ...pieces(String(item.input)).map((delta) => ({ type: "response.custom_tool_call_input.delta", ...at, delta })),
        { type: "response.custom_tool_call_input.done", ...at, input: item.input! },
      ]
    case "reasoning": {
      const part = list(item.summary)[0]!
      const of = { ...at, summary_index: 0 }
      return [
        { type: "response.reasoning_summary_part.added", ...of, part: { type: "summary_text", text: "" } },
        ...pieces(String(part.text)).map((delta) => ({ type: "response.reasoning_summary_text.delta", ...of, delta })),
        { type: "response.reasoning_summary_text.done", ...of, text: part.text! },
        { type: "response.reasoning_summary_part.done", ...of, part },
      ]
    }
    default: {
      const part = list(item.content)[0]!
      const of = { ...at, content_index: 0 }
      return [
        { type: "response.content_part.added", ...of, part: { type: "output_text", text: "", annotations: [] } },
        ...pieces(String(part.text)).map((delta) => ({ type: "response.output_text.delta", ...of, delta })),
        { type: "response.output_text.done", ...of, text: part.text! },
        { type: "response.content_part.done", ...of, part },
      ]
    }
  }
}

/** A begun item: nothing of what its deltas bring. */
const begun = (item: JsonObject): JsonObject => {
  const { arguments: _, input: __, content: ___, summary: ____, encrypted_content: _____, ...rest } = item
  const empty: Readonly<Record<string, JsonObject>> = {
    function_call: { arguments: "" },
    custom_tool_call: { input: "" },
    reasoning: { summary: [] },
    message: { content: [] },
  }
  return { ...rest, ...empty[String(item.type)], ...(item.type === "reasoning" ? {} : { status: "in_progress" }) }
}

/** An answer of the Responses API: the object, and the events that lead to it. */
export const replyOf = (body: JsonObject, step: Step, id: () => string): { whole: JsonObject; events: string[] } => {
  const sealed = Array.isArray(body.include) && body.include.includes("reasoning.encrypted_content")
  const output = itemsOf(step, id, sealed)
  const head: JsonObject = {
    id: `resp_${id()}`,
    object: "response",
    created_at: 1790000000,
    status: "in_progress",
    error: null,
    incomplete_details: null,
    instructions: null,
    model: String(body.model),
    output: [],
    parallel_tool_calls: true,
    store: false,
    tool_choice: "auto",
    tools: [],
    usage: null,
  }
  const whole = { ...head, status: "completed", output, usage }
  const all: JsonObject[] = [
    { type: "response.created", response: head },
    { type: "response.in_progress", response: head },
    ...output.flatMap((item, output_index) => [
      { type: "response.output_item.added", output_index, item: begun(item) },
      ...between(item, output_index),
      { type: "response.output_item.done", output_index, item },
    ]),
    { type: "response.completed", response: whole },
  ]
  const events = all.map(
    (event, sequence_number) =>
      `event: ${String(event.type)}\ndata: ${JSON.stringify({ sequence_number, ...event })}\n\n`,
  )
  return { whole, events }
}
