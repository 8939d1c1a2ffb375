import type { Logger } from "signalbox/plugin"
import type { Clock } from "./layer.ts"

/** What is used of the runtime's client. */
export type RedisClient = Pick<Bun.RedisClient, "getBuffer" | "set" | "send" | "close">

export interface RedisConnectionOptions {
  readonly address: string
  readonly timeoutMs: number
  readonly clock: Clock
  readonly log: Logger
}

/** A server that may be slow, dead or hanging at any time. */
export interface RedisConnection {
  /** Undefined where the server does not answer in time, or is passed over because it has not lately. Never throws. */
  quickly<T>(work: (client: RedisClient) => Promise<T>): Promise<T | undefined>
  /** For what must be done: waits, and throws where it was not. */
  surely<T>(work: (client: RedisClient) => Promise<T>): Promise<T>
  close(): void
}

const failuresInRow = 3
const restMs = 5_000
/** For what must be done, and for connecting, which no request waits for. */
const patienceMs = 3_000

export function connectRedis(options: RedisConnectionOptions): RedisConnection {
  const { address, timeoutMs, clock, log } = options
  let client: Bun.RedisClient | undefined
  let connecting: Promise<Bun.RedisClient> | undefined
  let failures = 0
  let restsUntil = 0
  let closed = false

  const drop = (): void => {
    const old = client
    client = undefined
    old?.close()
  }
  const failed = (why: unknown): void => {
    failures += 1
    if (failures < failuresInRow) return
    // Told once per rest, without the address, which may hold a password.
    if (failures === failuresInRow)
      log.warn("the Redis server does not answer; the cache does without it", { why: words(why) })
    restsUntil = clock.now() + restMs
    drop()
  }
  const passed = (): void => {
    if (failures >= failuresInRow) log.info("the Redis server answers again")
    failures = 0
  }
  const connect = async (): Promise<Bun.RedisClient> => {
    const made = new Bun.RedisClient(address, {
      connectionTimeout: patienceMs,
      autoReconnect: false,
      enableOfflineQueue: false,
    })
    made.onclose = () => {
      if (client === made) client = undefined
    }
    try {
      await within(made.connect(), patienceMs)
    } catch (thrown) {
      made.close()
      throw thrown
    }
    if (closed) made.close()
    else client = made
    return made
  }
  const connected = (): Promise<Bun.RedisClient> => {
    connecting ??= connect().finally(() => {
      connecting = undefined
    })
    return connecting
  }
  // Asked at once, so that the first request finds it open.
  connected().catch(failed)

  return {
    async quickly(work) {
      if (closed || clock.now() < restsUntil) return undefined
      if (!client) {
        // Nobody waits for a connection.
        if (!connecting) connected().then(passed, failed)
        return undefined
      }
      try {
        const result = await within(work(client), timeoutMs)
        passed()
        return result
      } catch (thrown) {
        failed(thrown)
        return undefined
      }
    },
    async surely(work) {
      const result = await within(work(client ?? (await connected())), patienceMs)
      passed()
      return result
    },
    close() {
      closed = true
      drop()
    },
  }
}

const words = (why: unknown): string => {
  const code = (why as { readonly code?: unknown } | null)?.code
  return typeof code === "string" ? code : why instanceof Late ? why.message : "it cannot be reached"
}

class Late extends Error {}

async function within<T>(task: Promise<T>, milliseconds: number): Promise<T> {
  let timer: Timer | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Late(`no answer within ${milliseconds} ms`)), milliseconds)
  })
  // Whichever loses the race may fail later, when nobody listens any more.
  task.catch(() => {})
  try {
    return await Promise.race([task, late])
  } finally {
    clearTimeout(timer)
  }
}
