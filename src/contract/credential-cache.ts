/** Something that is good for a while: an access token, temporary keys. */
export interface Expiring<T> {
  readonly value: T
  /** Milliseconds UTC; `Infinity` for what never ends. */
  readonly expiresAt: number
}

export interface CredentialCache<T> {
  /** The current value; fetched when there is none, or it expires soon. Whoever asks meanwhile waits for the same fetch. */
  get(signal: AbortSignal): Promise<T>
  /** The upstream refused the value: the next `get` fetches another. */
  forget(): void
}

interface Refresh<T> {
  readonly result: Promise<T>
  readonly stop: AbortController
  waiting: number
}

/** How long before its end a value is renewed, if it lives that long. */
const earlyMs = 300_000
/** How long before its end a value is no longer handed out unless nothing better can be had: it must still be good on arrival. */
const lateMs = 30_000

/**
 * Keeps a credential and renews it once, however many ask: from five minutes before it expires (half its life, where that is shorter)
 * while the old one still serves, in the last half minute (a quarter) with everybody waiting. A renewal that its last waiter leaves is
 * aborted. One that fails while the old value still holds gives that.
 */
export function cacheCredential<T>(
  obtain: (signal: AbortSignal) => Promise<Expiring<T>>,
  now: () => number,
): CredentialCache<T> {
  let held: (Expiring<T> & { readonly renewAt: number; readonly waitAt: number }) | undefined
  let running: Refresh<T> | undefined

  const renew = async (signal: AbortSignal): Promise<T> => {
    const startedAt = now()
    const old = held
    try {
      const { value, expiresAt } = await obtain(signal)
      const life = expiresAt - startedAt
      const renewAt = expiresAt - Math.min(earlyMs, life / 2)
      held = { value, expiresAt, renewAt, waitAt: expiresAt - Math.min(lateMs, life / 4) }
      return value
    } catch (thrown) {
      if (held === old && old && now() < old.expiresAt) return old.value
      throw thrown
    }
  }

  const start = (): Refresh<T> => {
    const stop = new AbortController()
    const refresh: Refresh<T> = { result: renew(stop.signal), stop, waiting: 0 }
    running = refresh
    const done = () => {
      if (running === refresh) running = undefined
    }
    refresh.result.then(done, done)
    return refresh
  }

  /** The refresh belongs to all who wait; whoever leaves only leaves. */
  const join = (refresh: Refresh<T>, signal: AbortSignal): Promise<T> =>
    new Promise((resolve, reject) => {
      refresh.waiting += 1
      const leave = () => {
        signal.removeEventListener("abort", leave)
        refresh.waiting -= 1
        if (refresh.waiting === 0) {
          if (running === refresh) running = undefined
          refresh.stop.abort(signal.reason)
        }
        reject(signal.reason)
      }
      const stay = () => signal.removeEventListener("abort", leave)
      signal.addEventListener("abort", leave)
      refresh.result.then(
        (value) => {
          stay()
          resolve(value)
        },
        (thrown: unknown) => {
          stay()
          reject(thrown)
        },
      )
    })

  return {
    async get(signal) {
      signal.throwIfAborted()
      if (held && now() < held.renewAt) return held.value
      const refresh = running ?? start()
      return held && now() < held.waitAt ? held.value : join(refresh, signal)
    },
    forget() {
      held = undefined
    },
  }
}
