import { isObject, type JsonObject } from "../../src/contract/index.ts"

/**
 * A strict stand-in for OpenAI's /responses, for a caller that has nothing stored there: it refuses every kind of state. It answers by the
 * last text of the user: `tool` calls the first tool twice, `think` thinks first, `hang` never goes on, `fail` breaks off; otherwise
 * it says how many items it got and what the user's texts were.
 */
export interface FakeResponses {
  /** Without a slash at its end. */
  readonly url: string
  readonly bodies: JsonObject[]
  /** Resolves when a request that hangs has come, and when its caller has gone. */
  readonly hung: Promise<void>
  readonly gone: Promise<void>
  stop(): Promise<void>
}

const usage = {
  input_tokens: 10,
  input_tokens_details: { cached_tokens: 0 },
  output_tokens: 5,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: 15,
}

const itemsOf = ({ input }: JsonObject): JsonObject[] =>
  Array.isArray(input) ? input.filter(isObject) : [{ type: "message", role: "user", content: input ?? "" }]

const textsOf = (item: JsonObject): string => {
  const { content } = item
  if (typeof content === "string") return content
  return (Array.isArray(content) ? content : [])
    .filter(isObject)
    .map(({ text }) => (typeof text === "string" ? text : ""))
    .join("")
}

/** What the real one says to state that it does not have. */
const refusalOf = (body: JsonObject): string | undefined => {
  if (body.store !== false) return "store must be false for this organization"
  for (const key of ["previous_response_id", "conversation", "background"])
    if (body[key] !== undefined && body[key] !== null && body[key] !== false) return `${key} is not supported`
  for (const [index, item] of itemsOf(body).entries()) {
    if (item.type === "item_reference") return `Item with id '${String(item.id)}' not found`
    if (item.type === "reasoning" && typeof item.encrypted_content !== "string")
      return `input[${index}]: reasoning without encrypted_content`
    if (item.type === "reasoning" && item.id !== `rs_${String(item.encrypted_content)}`)
      return `input[${index}]: encrypted content does not belong to this id`
  }
  return undefined
}

let made = 0

const outputOf = (body: JsonObject): JsonObject[] => {
  const items = itemsOf(body)
  const said = items.filter(({ role }) => role === "user").map(textsOf)
  const last = items.at(-1)
  const [tool] = (Array.isArray(body.tools) ? body.tools : []).filter(isObject)
  const thoughts: JsonObject[] = []
  const number = ++made
  if (last?.role === "user" && /think/.test(said.at(-1) ?? ""))
    thoughts.push({
      type: "reasoning",
      id: `rs_sealed${number}`,
      summary: [{ type: "summary_text", text: "hm" }],
      encrypted_content: `sealed${number}`,
    })
  if (last?.role === "user" && said.at(-1)?.startsWith("tool") && tool)
    return [
      ...thoughts,
      ...["one", "two"].map((word) => ({
        type: "function_call",
        id: `fc_68af00000000000000000000${number}${word}`,
        call_id: `call_${number}${word}`,
        name: String(tool.name),
        arguments: `{"city":"${word}"}`,
        status: "completed",
      })),
    ]
  const text = `${items.length} items: ${said.join("|")}`
  return [
    ...thoughts,
    {
      type: "message",
      id: `msg_68af00000000000000000000${number}`,
      role: "assistant",
      status: "completed",
      content: [{ type: "output_text", text, annotations: [], logprobs: [] }],
    },
  ]
}

const eventsOf = (whole: JsonObject, output: JsonObject[]): JsonObject[] => {
  const start = { ...whole, status: "in_progress", output: [], usage: null }
  const events: JsonObject[] = [
    { type: "response.created", response: start },
    { type: "response.in_progress", response: start },
  ]
  for (const [output_index, item] of output.entries()) {
    events.push({ type: "response.output_item.added", output_index, item: { ...item, content: [] } })
    if (item.type === "message") {
      const at = { item_id: String(item.id), output_index, content_index: 0 }
      const text = textsOf(item)
      events.push(
        { type: "response.content_part.added", ...at, part: { type: "output_text", text: "", annotations: [] } },
        ...text.split(/(?<= )/).map((delta) => ({ type: "response.output_text.delta", ...at, delta })),
        { type: "response.output_text.done", ...at, text },
        { type: "response.content_part.done", ...at, part: { type: "output_text", text, annotations: [] } },
      )
    }
    events.push({ type: "response.output_item.done", output_index, item })
  }
  return [...events, { type: "response.completed", response: whole }]
}

const textOf = (events: readonly JsonObject[]): string =>
  events
    .map((event, sequence_number) => `event: ${event.type}\ndata: ${JSON.stringify({ ...event, sequence_number })}\n\n`)
    .join("")

export function startFakeResponses(): FakeResponses {
  const bodies: JsonObject[] = []
  const hung = Promise.withResolvers<void>()
  const gone = Promise.withResolvers<void>()
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 0,
    async fetch(request) {
      const body = (await request.json()) as JsonObject
      bodies.push(body)
      const message = refusalOf(body)
      if (message !== undefined)
        return Response.json(
          { error: { message, type: "invalid_request_error", param: null, code: null } },
          { status: 400 },
        )
      const output = outputOf(body)
      const whole: JsonObject = {
        id: `resp_up${made}`,
        object: "response",
        created_at: 1_790_000_000,
        status: "completed",
        error: null,
        incomplete_details: null,
        model: String(body.model),
        output,
        store: false,
        previous_response_id: null,
        usage,
      }
      const last = textsOf(itemsOf(body).at(-1) ?? {})
      if (last.startsWith("hang")) {
        request.signal.addEventListener("abort", () => gone.resolve())
        hung.resolve()
        if (body.stream !== true) return new Promise<Response>(() => {})
        const head = textOf(eventsOf(whole, output).slice(0, 5))
        return new Response(
          new ReadableStream({
            start: (controller) => controller.enqueue(new TextEncoder().encode(head)),
            cancel: () => gone.resolve(),
          }),
          { headers: { "content-type": "text/event-stream" } },
        )
      }
      if (last.startsWith("fail"))
        return Response.json({ error: { message: "broken", type: "server_error", code: null } }, { status: 500 })
      if (body.stream !== true) return Response.json(whole)
      return new Response(textOf(eventsOf(whole, output)), { headers: { "content-type": "text/event-stream" } })
    },
  })
  return {
    url: `http://127.0.0.1:${server.port}/v1`,
    bodies,
    hung: hung.promise,
    gone: gone.promise,
    stop: () => server.stop(true),
  }
}
