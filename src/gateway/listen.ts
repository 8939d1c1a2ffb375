import type { Config } from "../config/config.ts"
import { endsWithin } from "./within.ts"

/** Idle connections, and clients that are slow with their headers, are closed after this; running answers are exempt. */
const idleSeconds = 60

/** How long answers that are ended at the deadline may take to say so. */
const lastWordsMs = 500

export interface Listener {
  readonly url: string
  /** Takes no new requests and lets the running ones end until the deadline; then has them ended, and cuts what is left. */
  stop(deadlineMs: number, end: () => void): Promise<void>
}

export function listen(config: Config, answer: (request: Request) => Response | Promise<Response>): Listener {
  const { host, port, publicUrl } = config.server
  const server = Bun.serve({
    hostname: host,
    port,
    // A second gateway on the same port must fail, not take half of the traffic.
    reusePort: false,
    idleTimeout: idleSeconds,
    // The body's own limit is checked where an error body can be written.
    maxRequestBodySize: Number.MAX_SAFE_INTEGER,
    fetch(request, own) {
      // The runtime's idle timer would cut answers that take their time; the pipeline has deadlines of its own.
      own.timeout(request, 0)
      return answer(request)
    },
  })
  return {
    url: publicUrl ?? `http://${reachable(host)}:${server.port}`,
    async stop(deadlineMs, end) {
      const stopped = server.stop()
      if (await endsWithin(deadlineMs, stopped)) return
      end()
      if (!(await endsWithin(lastWordsMs, stopped))) await server.stop(true)
    },
  }
}

/** An address that can be typed into a client. */
function reachable(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "127.0.0.1"
  return host.includes(":") ? `[${host}]` : host
}
