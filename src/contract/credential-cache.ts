/** Something that is good for a while: an access token, temporary keys. Times in milliseconds UTC. */
export interface Expiring<T> {
  readonly value: T
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

/** How long before its end a value is no longer handed out, if it lives that long. */
const marginMs = 300_000

/**
 * Keeps a credential until five minutes before it expires (half its life, where that is shorter) and renews it once, however many ask.
 * A renewal that nobody waits for any more is aborted. One that fails while the old value still holds gives that.
 */
export function cacheCredential<T>(
  obtain: (signal: AbortSignal) => Promise<Expiring<T>>,
  now: () => number,
): CredentialCache<T> {
  let held: (Expiring<T> & { readonly renewAt: number }) | undefined
  let running: Refresh<T> | undefined

  const renew = async (signal: AbortSignal): Promise<T> => {
    const startedAt = now()
    const old = held
    try {
      const { value, expiresAt } = await obtain(signal)
      const margin = Math.min(marginMs, (expiresAt - startedAt) / 2)
      held = { value, expiresAt, renewAt: expiresAt - margin }
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
      return join(running ?? start(), signal)
    },
    forget() {
      held = undefined
    },
  }
}
