import type { JsonObject } from "../../src/contract/index.ts"

export interface ArrivedRequest {
  readonly path: string
  readonly headers: Headers
  readonly body: JsonObject
}

export interface SeenRequest extends ArrivedRequest {
  /** Settles when the client leaves before the answer is whole. */
  readonly left: Promise<void>
}

export interface FakeUpstream {
  /** `http://127.0.0.1:PORT`, without a path. */
  readonly url: string
  /** Everything that arrived, refused requests included. */
  readonly requests: SeenRequest[]
  stop(): Promise<void>
}

/** How a fake answers: a whole body, or pieces of an event stream and how it ends. */
export type FakeAnswer =
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body: string }
  | {
      readonly events: readonly string[]
      /** `close`: the body ends. `reset`: the connection breaks. `stall`: nothing more comes until the client leaves. */
      readonly end: "close" | "reset" | "stall"
      readonly everyMs?: number
    }

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

const streamOf = (answer: Extract<FakeAnswer, { events: readonly string[] }>): ReadableStream<Uint8Array> => {
  const encoder = new TextEncoder()
  const left = [...answer.events]
  return new ReadableStream({
    async pull(controller) {
      const event = left.shift()
      if (event !== undefined) {
        if (answer.everyMs) await pause(answer.everyMs)
        controller.enqueue(encoder.encode(event))
      } else if (answer.end === "close") controller.close()
      else if (answer.end === "reset") controller.error(new Error("connection reset by the fake"))
      else await new Promise<never>(() => {})
    },
  })
}

/** A loopback server on a free port that remembers what it was asked. */
export const startWireServer = (answer: (request: SeenRequest) => FakeAnswer): FakeUpstream => {
  const requests: SeenRequest[] = []
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    idleTimeout: 0,
    async fetch(request) {
      const { pathname, search } = new URL(request.url)
      const text = await request.text()
      const left = Promise.withResolvers<void>()
      request.signal.addEventListener("abort", () => left.resolve())
      const seen = {
        path: pathname + search,
        headers: request.headers,
        body: (text === "" ? {} : JSON.parse(text)) as JsonObject,
        left: left.promise,
      }
      requests.push(seen)
      const given = answer(seen)
      if ("events" in given) return new Response(streamOf(given), { headers: { "content-type": "text/event-stream" } })
      return new Response(given.body, {
        status: given.status,
        headers: { "content-type": "application/json", ...given.headers },
      })
    },
  })
  return { url: `http://127.0.0.1:${server.port}`, requests, stop: () => server.stop(true) }
}
