/** Streams of the Responses API as vendors send them, shortened. Every one is whole. */

type Fields = Readonly<Record<string, unknown>>

interface Script {
  readonly output: readonly Fields[]
  readonly events: readonly Fields[]
  readonly usage?: Fields
  /** Fields of the response object. */
  readonly response?: Fields
  /** What the last event holds instead of the output. */
  readonly lastOutput?: readonly Fields[]
  readonly ending?: string
}

export interface RecordedStream {
  readonly text: string
  /** The same answer as it comes when no stream is asked for. */
  readonly whole: Fields
}

const usual = {
  input_tokens: 36,
  input_tokens_details: { cached_tokens: 10, cache_write_tokens: 6 },
  output_tokens: 87,
  output_tokens_details: { reasoning_tokens: 64 },
  total_tokens: 123,
}

const record = (script: Script, { names = true, numbers = true, newline = "\n" } = {}): RecordedStream => {
  const head = {
    id: "resp_68af",
    object: "response",
    created_at: 1790000000,
    status: "in_progress",
    error: null,
    incomplete_details: null,
    instructions: null,
    model: "gpt-5.6-2026-09-01",
    parallel_tool_calls: true,
    service_tier: "default",
    store: false,
    temperature: 1.0,
    tool_choice: "auto",
    tools: [],
    ...script.response,
  }
  const status = script.ending === "response.incomplete" ? "incomplete" : "completed"
  const whole = { ...head, status, ...script.response, output: script.output, usage: script.usage ?? usual }
  const last = script.lastOutput ? { ...whole, output: script.lastOutput } : whole
  const all: Fields[] = [
    { type: "response.created", response: { ...head, output: [], usage: null } },
    { type: "response.in_progress", response: { ...head, output: [], usage: null } },
    ...script.events,
    { type: script.ending ?? "response.completed", response: last },
  ]
  const lines = all.map(({ type, ...fields }, index) => {
    const data = JSON.stringify({ type, ...(numbers ? { sequence_number: index } : {}), ...fields })
    return `${names ? `event: ${String(type)}${newline}` : ""}data: ${data}${newline}${newline}`
  })
  return { text: lines.join(""), whole }
}

const added = (output_index: number, item: Fields) => ({ type: "response.output_item.added", output_index, item })
const done = (output_index: number, item: Fields) => ({ type: "response.output_item.done", output_index, item })

const summaries = ["**Weighing**\n\nFirst thought", "**Deciding**\n\nSecond"]
const thoughts = {
  id: "rs_1",
  type: "reasoning",
  summary: summaries.map((text) => ({ type: "summary_text", text })),
  encrypted_content: "gAAAAABo-x_Y==",
}
const words = ["Grüße", " from", ' "Köln"', "\n\t", "😀", " a\\b"]
const citation = {
  type: "url_citation",
  start_index: 0,
  end_index: 5,
  title: "Köln",
  url: "https://koeln.example/?a=1",
}
const message = {
  id: "msg_1",
  type: "message",
  status: "completed",
  role: "assistant",
  phase: "final_answer",
  content: [{ type: "output_text", text: words.join(""), annotations: [citation], logprobs: [] }],
}

const openai: Script = {
  output: [thoughts, message],
  events: [
    added(0, { id: "rs_1", type: "reasoning", summary: [], encrypted_content: "gAAAA-first" }),
    ...summaries.flatMap((text, summary_index) => [
      {
        type: "response.reasoning_summary_part.added",
        item_id: "rs_1",
        output_index: 0,
        summary_index,
        part: { type: "summary_text", text: "" },
      },
      ...[text.slice(0, 4), text.slice(4)].map((delta) => ({
        type: "response.reasoning_summary_text.delta",
        item_id: "rs_1",
        output_index: 0,
        summary_index,
        delta,
        obfuscation: "x".repeat(summary_index),
      })),
      { type: "response.reasoning_summary_text.done", item_id: "rs_1", output_index: 0, summary_index, text },
      {
        type: "response.reasoning_summary_part.done",
        item_id: "rs_1",
        output_index: 0,
        summary_index,
        part: { type: "summary_text", text },
      },
    ]),
    done(0, thoughts),
    added(1, { ...message, status: "in_progress", content: [] }),
    {
      type: "response.content_part.added",
      item_id: "msg_1",
      output_index: 1,
      content_index: 0,
      part: { type: "output_text", text: "", annotations: [] },
    },
    ...words.map((delta) => ({
      type: "response.output_text.delta",
      item_id: "msg_1",
      output_index: 1,
      content_index: 0,
      delta,
      logprobs: [],
      obfuscation: "q",
    })),
    {
      type: "response.output_text.annotation.added",
      item_id: "msg_1",
      output_index: 1,
      content_index: 0,
      annotation_index: 0,
      annotation: citation,
    },
    {
      type: "response.output_text.done",
      item_id: "msg_1",
      output_index: 1,
      content_index: 0,
      text: words.join(""),
      logprobs: [],
    },
    {
      type: "response.content_part.done",
      item_id: "msg_1",
      output_index: 1,
      content_index: 0,
      part: message.content[0],
    },
    done(1, message),
  ],
}

const call = (id: string, name: string, text: string) => ({
  id: `fc_${id}`,
  type: "function_call",
  status: "completed",
  arguments: text,
  call_id: `call_${id}`,
  name,
})
const custom = {
  id: "ctc_1",
  type: "custom_tool_call",
  status: "completed",
  call_id: "call_patch",
  name: "apply_patch",
  input: "*** Begin\n+ü",
}
const argumentsOf = (output_index: number, item: ReturnType<typeof call>, pieces: readonly string[]) => [
  added(output_index, { ...item, arguments: "", status: "in_progress" }),
  ...pieces.map((delta) => ({
    type: "response.function_call_arguments.delta",
    item_id: item.id,
    output_index,
    delta,
  })),
  {
    type: "response.function_call_arguments.done",
    item_id: item.id,
    output_index,
    name: item.name,
    arguments: item.arguments,
  },
  done(output_index, item),
]
const weather = call("a", "weather", '{"city":"Köln"}')
const clock = call("b", "clock", "")
const tools: Script = {
  output: [weather, clock, custom],
  events: [
    ...argumentsOf(0, weather, ['{"ci', 'ty":"Kö', 'ln"}']),
    ...argumentsOf(1, clock, []),
    added(2, { ...custom, input: "", status: "in_progress" }),
    ...["*** Be", "gin\n", "+ü"].map((delta) => ({
      type: "response.custom_tool_call_input.delta",
      item_id: "ctc_1",
      output_index: 2,
      delta,
    })),
    { type: "response.custom_tool_call_input.done", item_id: "ctc_1", output_index: 2, input: custom.input },
    done(2, custom),
  ],
}

const search = {
  id: "ws_1",
  type: "web_search_call",
  status: "completed",
  action: { type: "search", query: "köln" },
}
const picture = {
  id: "ig_1",
  type: "image_generation_call",
  status: "completed",
  output_format: "webp",
  result: "UklGRg==",
}
const compaction = { id: "cmp_1", type: "compaction_of_tomorrow", encrypted_content: "gAAAA-c", depth: { a: [1.5] } }
const fileNote = { type: "file_citation", file_id: "file_1", filename: "a.pdf", index: 3 }
const answer = {
  id: "msg_9",
  type: "message",
  status: "completed",
  role: "assistant",
  content: [
    { type: "output_text", text: "One", annotations: [fileNote] },
    { type: "output_text", text: "Two", annotations: [{ ...citation, start_index: 1, end_index: 2 }] },
    { type: "output_of_tomorrow", value: 7 },
  ],
}
const builtIn: Script = {
  output: [search, picture, compaction, answer],
  events: [
    added(0, { ...search, status: "in_progress" }),
    { type: "response.web_search_call.in_progress", item_id: "ws_1", output_index: 0 },
    { type: "response.web_search_call.searching", item_id: "ws_1", output_index: 0 },
    { type: "response.web_search_call.completed", item_id: "ws_1", output_index: 0 },
    done(0, search),
    added(1, { ...picture, status: "in_progress", result: null }),
    {
      type: "response.image_generation_call.partial_image",
      item_id: "ig_1",
      output_index: 1,
      partial_image_index: 0,
      partial_image_b64: "AAAA",
    },
    done(1, picture),
    { type: "response.event_of_tomorrow", item_id: "x", output_index: 2, delta: 5 },
    added(2, compaction),
    done(2, compaction),
    done(3, answer),
  ],
}

const refusal = {
  id: "msg_r",
  type: "message",
  status: "completed",
  role: "assistant",
  content: [{ type: "refusal", refusal: "I will not." }],
}
const refusing: Script = {
  output: [refusal],
  events: [
    added(0, { ...refusal, content: [] }),
    ...["I will", " not."].map((delta) => ({
      type: "response.refusal.delta",
      item_id: "msg_r",
      output_index: 0,
      content_index: 0,
      delta,
    })),
    { type: "response.refusal.done", item_id: "msg_r", output_index: 0, content_index: 0, refusal: "I will not." },
    done(0, refusal),
  ],
}

const cut = { ...message, phase: undefined, status: "incomplete", content: [{ type: "output_text", text: "Half" }] }
const limited: Script = {
  output: [cut],
  events: [
    added(0, { ...cut, content: [] }),
    { type: "response.output_text.delta", item_id: "msg_1", output_index: 0, content_index: 0, delta: "Half" },
    done(0, cut),
  ],
  ending: "response.incomplete",
  response: { incomplete_details: { reason: "max_output_tokens" } },
}

/** An open model: its thoughts are plain text, nothing is encrypted. */
const plainThoughts = {
  id: "rs_p",
  type: "reasoning",
  summary: [],
  content: [{ type: "reasoning_text", text: "Let me think" }],
}
const plainMessage = { type: "message", role: "assistant", content: [{ type: "output_text", text: "42" }] }
const openModel: Script = {
  output: [plainThoughts, plainMessage],
  events: [
    { type: "response.reasoning_text.delta", delta: "Let me " },
    { type: "response.reasoning_text.delta", delta: "think" },
    { type: "response.output_text.delta", delta: "4" },
    { type: "response.output_text.delta", delta: "2" },
  ].map((event) => ({ ...event, item_id: undefined })),
  lastOutput: [plainThoughts, plainMessage],
}

export const responsesStreams: Readonly<Record<string, RecordedStream>> = {
  "reasoning summaries, text, citation": record(openai),
  "calls in parallel, one without arguments, and a custom one": record(tools),
  "built-in tools, parts and items of tomorrow": record(builtIn),
  "a refusal": record(refusing),
  "an answer that is cut at its limit": record(limited),
  "items that are only done, an empty last output, no numbers": record(
    { ...tools, events: tools.events.filter(({ type }) => type === "response.output_item.done"), lastOutput: [] },
    { numbers: false },
  ),
  "no event names, carriage returns": record(openai, { names: false, newline: "\r\n" }),
  "nothing but the last event": record({ ...openai, events: [] }),
}

/** Upstreams whose stream and whole answer differ in more than their cut. */
export const oddStreams = {
  openModel: record(openModel, { names: false, numbers: false }),
  azure: record({
    output: [thoughts, weather],
    events: [
      added(0, { id: "rs_1", type: "reasoning", summary: [] }),
      done(0, { id: "rs_1", type: "reasoning", summary: [] }),
      ...argumentsOf(1, weather, [weather.arguments]),
    ],
  }),
  numberedZero: record({
    ...tools,
    events: tools.events.map((event) => ({ ...event, output_index: 0 })),
  }),
  changingIds: record({
    ...tools,
    events: tools.events.map((event, index) => ({ ...event, item_id: `other_${index}` })),
  }),
}
