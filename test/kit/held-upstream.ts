/** An upstream whose answers wait for the test. */
export interface HeldUpstream {
  /** With `/v1`, as `base_url` wants it. */
  readonly url: string
  /** The `authorization` of each request. */
  readonly keys: readonly string[]
  /** Requests that came and were not let go. */
  readonly held: number
  /** The most that were here at once. */
  readonly most: number
  /** Resolves once so many have come in all. */
  came(count: number): Promise<void>
  /** Lets the oldest answer come to its end. */
  release(): void
  stop(): Promise<void>
}

export interface HeldOptions {
  /** Does not hold: answers at once. */
  readonly open?: boolean
  /** Status of what is refused at once, by the key that came. */
  readonly refuse?: (key: string) => number | undefined
}

const event = (content: string, finish: string | null) =>
  `data: ${JSON.stringify({
    id: "chatcmpl-held",
    object: "chat.completion.chunk",
    created: 1,
    model: "m",
    choices: [{ index: 0, delta: { role: "assistant", content }, finish_reason: finish }],
  })}\n\n`

const whole = {
  id: "chatcmpl-held",
  object: "chat.completion",
  created: 1,
  model: "m",
  choices: [{ index: 0, message: { role: "assistant", content: "held" }, finish_reason: "stop" }],
  usage: { prompt_tokens: 10, completion_tokens: 10, total_tokens: 20 },
}

/** A chat completion each; a stream has its first content at once, and its end when it is let go. */
export function startHeldUpstream({ open = false, refuse }: HeldOptions = {}): HeldUpstream {
  const keys: string[] = []
  const waiting: (() => void)[] = []
  let here = 0
  let most = 0
  let watchers: (() => void)[] = []
  const gone = () => {
    here--
  }
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const { stream } = (await request.json()) as { stream?: boolean }
      const key = (request.headers.get("authorization") ?? "").replace("Bearer ", "")
      keys.push(key)
      here++
      most = Math.max(most, here)
      for (const watcher of watchers) watcher()
      const status = refuse?.(key)
      if (status !== undefined) {
        gone()
        return Response.json({ error: { message: "no", type: "x", code: null } }, { status })
      }
      const released = open ? Promise.resolve() : new Promise<void>((resolve) => waiting.push(resolve))
      if (!stream) {
        await released
        gone()
        return Response.json(whole)
      }
      const body = new ReadableStream<Uint8Array>({
        async start(controller) {
          const encoder = new TextEncoder()
          controller.enqueue(encoder.encode(event("held", null)))
          await released
          gone()
          controller.enqueue(encoder.encode(`${event("", "stop")}data: [DONE]\n\n`))
          controller.close()
        },
      })
      return new Response(body, { headers: { "content-type": "text/event-stream" } })
    },
  })
  return {
    url: `http://127.0.0.1:${server.port}/v1`,
    keys,
    get held() {
      return waiting.length
    },
    get most() {
      return most
    },
    came: (count) =>
      new Promise((resolve) => {
        const look = () => {
          if (keys.length < count) return
          watchers = watchers.filter((one) => one !== look)
          resolve()
        }
        watchers.push(look)
        look()
      }),
    release: () => waiting.shift()?.(),
    async stop() {
      for (const one of waiting.splice(0)) one()
      await server.stop(true)
    },
  }
}
