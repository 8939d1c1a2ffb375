/** An upstream with long answers, a word an event, which flow once enough requests have come. */
export interface LongUpstream {
  /** With `/v1`, as `base_url` wants it. */
  readonly url: string
  readonly count: number
  /** Words that were sent in all. */
  readonly words: number
  /** Resolves once so many requests have come. */
  came(count: number): Promise<void>
  /** Resolves once so many answers were not read to their end. */
  cancelled(count: number): Promise<void>
  /** Bodies as they came. */
  readonly bodies: readonly string[]
  stop(): Promise<void>
}

export interface LongOptions {
  /** Of each answer. */
  readonly words: number
  /** Nothing but the first word is sent before so many requests are here. Default 1. */
  readonly together?: number
  /** Says no more after so many words, and does not end either. */
  readonly stallAfter?: number
  /** Whole answers never come. */
  readonly wholeHangs?: boolean
  /** Calls a tool with long arguments instead of talking. */
  readonly calls?: boolean
}

const base = { id: "chatcmpl-long", object: "chat.completion.chunk", created: 1, model: "m" }
const event = (value: unknown) => `data: ${typeof value === "string" ? value : JSON.stringify(value)}\n\n`
const chunk = (delta: object, finish: string | null = null) =>
  event({ ...base, choices: [{ index: 0, delta, finish_reason: finish }] })

export function startLongUpstream({
  words,
  together = 1,
  stallAfter,
  wholeHangs = false,
  calls = false,
}: LongOptions): LongUpstream {
  const bodies: string[] = []
  let sent = 0
  let cancelled = 0
  let watchers: (() => void)[] = []
  let open: () => void = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  const until = (isSo: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      const look = () => {
        if (!isSo()) return
        watchers = watchers.filter((one) => one !== look)
        resolve()
      }
      watchers.push(look)
      look()
    })
  const encoder = new TextEncoder()
  const word = (index: number) => {
    if (!calls) return chunk({ content: index === 0 ? "word" : " word" })
    const call = index === 0 ? { id: "call_1", type: "function" } : {}
    const text = index === 0 ? '{"list":"word' : " word"
    const named = index === 0 ? { name: "note", arguments: text } : { arguments: text }
    return chunk({ tool_calls: [{ index: 0, ...call, function: named }] })
  }
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const text = await request.text()
      bodies.push(text)
      for (const watcher of watchers) watcher()
      if (bodies.length >= together) open()
      const { stream, max_tokens } = JSON.parse(text) as { stream?: boolean; max_tokens?: number }
      const most = Math.min(words, max_tokens ?? words)
      const usage = { prompt_tokens: 10, completion_tokens: most, total_tokens: 10 + most }
      if (!stream) {
        await (wholeHangs ? new Promise(() => {}) : opened)
        sent += most
        const message = { role: "assistant", content: Array(most).fill("word").join(" ") }
        const choices = [{ index: 0, message, finish_reason: most < words ? "length" : "stop" }]
        return Response.json({ ...base, object: "chat.completion", choices, usage })
      }
      let next = 0
      const body = new ReadableStream<Uint8Array>({
        async pull(controller) {
          if (next === 1) await opened
          if (next === stallAfter) await new Promise(() => {})
          if (next < most) {
            sent++
            controller.enqueue(encoder.encode(word(next++)))
            return
          }
          const finish = calls ? "tool_calls" : most < words ? "length" : "stop"
          controller.enqueue(
            encoder.encode(chunk({}, finish) + event({ ...base, choices: [], usage }) + event("[DONE]")),
          )
          controller.close()
        },
        cancel() {
          cancelled++
          for (const watcher of watchers) watcher()
        },
      })
      return new Response(body, { headers: { "content-type": "text/event-stream" } })
    },
  })
  return {
    url: `http://127.0.0.1:${server.port}/v1`,
    bodies,
    get count() {
      return bodies.length
    },
    get words() {
      return sent
    },
    came: (count) => until(() => bodies.length >= count),
    cancelled: (count) => until(() => cancelled >= count),
    stop: () => server.stop(true),
  }
}
