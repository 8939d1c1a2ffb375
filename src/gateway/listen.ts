import type { Config, RegionDoor } from "../config/config.ts"
import { endsWithin } from "./within.ts"

/** Idle connections, and clients that are slow with their headers, are closed after this; running answers are exempt. */
const idleSeconds = 60

/** How long answers that are ended at the deadline may take to say so. */
const lastWordsMs = 500

export interface Listener {
  readonly url: string
  /** The further addresses, in configured order. */
  readonly others: readonly string[]
  /** From where the connection of a request comes. */
  addressOf(request: Request): string | undefined
  /** Takes no new requests and lets the running ones end until the deadline; then has them ended, and cuts what is left. */
  stop(deadlineMs: number, end: () => void): Promise<void>
}

type Answer = (request: Request, door?: RegionDoor) => Response | Promise<Response>

/** On the main address and all further ones; when one of them cannot be had, on none, and what is thrown names its `host` and `port`. */
export function listen(config: Config, answer: Answer): Listener {
  const { host, port, publicUrl, listeners } = config.server
  const servers: Server[] = []
  for (const each of [{ host, port }, ...listeners]) {
    try {
      servers.push(serve(each, answer))
    } catch (thrown) {
      for (const server of servers) void server.stop(true)
      throw Object.assign(thrown as Error, { host: each.host, port: each.port })
    }
  }
  const [main = "", ...others] = servers.map((server, index) => urlOf(listeners[index - 1]?.host ?? host, server))
  return {
    url: publicUrl ?? main,
    others,
    addressOf: (request) => {
      for (const server of servers) {
        const from = server.requestIP(request)
        if (from) return from.address
      }
      return undefined
    },
    async stop(deadlineMs, end) {
      const stopped = Promise.all(servers.map((server) => server.stop()))
      if (await endsWithin(deadlineMs, stopped)) return
      end()
      if (!(await endsWithin(lastWordsMs, stopped))) await Promise.all(servers.map((server) => server.stop(true)))
    },
  }
}

type Server = ReturnType<typeof Bun.serve>

function serve({ host, port, door }: Config["server"]["listeners"][number], answer: Answer): Server {
  return Bun.serve({
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
      return answer(request, door)
    },
  })
}

const urlOf = (host: string, { port }: Server): string => `http://${reachable(host)}:${port}`

/** An address that can be typed into a client. */
function reachable(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "127.0.0.1"
  return host.includes(":") ? `[${host}]` : host
}
