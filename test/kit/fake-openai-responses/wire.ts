import { isObject, type Json, type JsonObject } from "../../../src/contract/index.ts"
import type { Answer } from "./answers.ts"

const list = (value: Json | undefined): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : [])

const usual: JsonObject = {
  input_tokens: 36,
  input_tokens_details: { cached_tokens: 0 },
  output_tokens: 12,
  output_tokens_details: { reasoning_tokens: 0 },
}

/** The body of an answer in one piece. */
export const whole = (model: string, { output, incomplete, usage }: Answer): JsonObject => {
  const counts: JsonObject = { ...usual, ...usage }
  return {
    id: "resp_fake1",
    object: "response",
    created_at: 1_790_000_000,
    status: incomplete === undefined ? "completed" : "incomplete",
    error: null,
    incomplete_details: incomplete === undefined ? null : { reason: incomplete },
    model,
    output: [...output],
    parallel_tool_calls: true,
    store: false,
    usage: { ...counts, total_tokens: Number(counts.input_tokens) + Number(counts.output_tokens) },
  }
}

const pieces = (text: string): string[] => text.match(/.{1,7}/gsu) ?? []

const thoughtEvents = (item: JsonObject, place: JsonObject): JsonObject[] =>
  list(item.summary).flatMap(({ text = "" }, summary_index) => {
    const at = { ...place, summary_index }
    const part = { type: "summary_text", text: "" }
    return [
      { type: "response.reasoning_summary_part.added", ...at, part },
      ...pieces(String(text)).map((delta) => ({ type: "response.reasoning_summary_text.delta", ...at, delta })),
      { type: "response.reasoning_summary_text.done", ...at, text },
      { type: "response.reasoning_summary_part.done", ...at, part: { ...part, text } },
    ]
  })

const wordEvents = (item: JsonObject, place: JsonObject): JsonObject[] =>
  list(item.content).flatMap((part, content_index) => {
    const at = { ...place, content_index }
    return [
      { type: "response.content_part.added", ...at, part: { ...part, text: "", annotations: [] } },
      ...pieces(String(part.text)).map((delta) => ({ type: "response.output_text.delta", ...at, delta, logprobs: [] })),
      ...list(part.annotations).map((annotation, annotation_index) => ({
        type: "response.output_text.annotation.added",
        ...at,
        annotation_index,
        annotation,
      })),
      { type: "response.output_text.done", ...at, text: part.text ?? "", logprobs: [] },
      { type: "response.content_part.done", ...at, part },
    ]
  })

/** What streams between the opening and the end of an item. */
const deltasOf = (item: JsonObject, place: JsonObject): JsonObject[] => {
  if (item.type === "reasoning") return thoughtEvents(item, place)
  if (item.type !== "function_call") return wordEvents(item, place)
  const written = String(item.arguments)
  return [
    ...pieces(written).map((delta) => ({ type: "response.function_call_arguments.delta", ...place, delta })),
    { type: "response.function_call_arguments.done", ...place, arguments: written },
  ]
}

const opened = (item: JsonObject): JsonObject => ({
  ...item,
  status: "in_progress",
  ...(item.content === undefined ? {} : { content: [] }),
  ...(item.summary === undefined ? {} : { summary: [] }),
  ...(item.arguments === undefined ? {} : { arguments: "" }),
})

export const eventText = (event: JsonObject): string =>
  `event: ${String(event.type)}\ndata: ${JSON.stringify(event)}\n\n`

/** The same answer as events, with everything that the real API writes around the deltas. */
export const eventsOf = (model: string, answer: Answer): string[] => {
  const response = whole(model, answer)
  const begun = { ...response, status: "in_progress", output: [], usage: null, incomplete_details: null }
  const ending = answer.incomplete === undefined ? "response.completed" : "response.incomplete"
  const all: JsonObject[] = [
    { type: "response.created", response: begun },
    { type: "response.in_progress", response: begun },
    ...answer.output.flatMap((item, output_index): JsonObject[] => [
      { type: "response.output_item.added", output_index, item: opened(item) },
      ...deltasOf(item, { item_id: item.id ?? "", output_index }),
      { type: "response.output_item.done", output_index, item },
    ]),
    { type: ending, response },
  ]
  return all.map((event, sequence_number) => eventText({ ...event, sequence_number }))
}
