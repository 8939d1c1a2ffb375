import { GatewayError, messageOf } from "signalbox/plugin"
import { type CredentialSource, type Credentials, credentialsError } from "./credentials.ts"

/** Fetched anew so long before they expire, so that a request signed now is still valid when it arrives. */
const earlyMs = 5 * 60_000
/** Within this time before the expiry nobody gets old credentials any more, even when a new fetch fails. */
const graceMs = 30_000

/**
 * Credentials that are kept until shortly before they expire. However many requests ask, one fetch runs; each request waits with its
 * own signal, and its going away stops nobody else's. While old ones are still good, a fetch that fails is not felt.
 */
export class CredentialCache {
  #held: Credentials | undefined
  #running: Promise<Credentials> | undefined

  constructor(
    private readonly source: CredentialSource,
    private readonly now: () => number,
  ) {}

  get(signal: AbortSignal): Promise<Credentials> {
    const held = this.#held
    if (held && !this.#endsWithin(held, earlyMs)) return Promise.resolve(held)
    const fresh = this.#refresh()
    if (!held || this.#endsWithin(held, graceMs)) return unlessAborted(fresh, signal)
    fresh.catch(() => {})
    return Promise.resolve(held)
  }

  /** The upstream says that these have ended: whatever the clock says, the next request fetches new ones. */
  forget(): void {
    this.#held = undefined
  }

  #endsWithin({ expiresAt }: Credentials, milliseconds: number): boolean {
    return expiresAt !== undefined && expiresAt - this.now() <= milliseconds
  }

  #refresh(): Promise<Credentials> {
    this.#running ??= this.#renew().finally(() => {
      this.#running = undefined
    })
    return this.#running
  }

  async #renew(): Promise<Credentials> {
    let fresh: Credentials | undefined
    try {
      fresh = await this.source()
    } catch (thrown) {
      throw GatewayError.is(thrown) ? thrown : credentialsError(messageOf(thrown), thrown)
    }
    if (!fresh) throw credentialsError("set api_key (AWS_BEARER_TOKEN_BEDROCK), access keys, or run with a role on AWS")
    if (this.#endsWithin(fresh, 0)) throw credentialsError("those that were given have expired")
    this.#held = fresh
    return fresh
  }
}

const unlessAborted = <T>(promise: Promise<T>, signal: AbortSignal): Promise<T> =>
  new Promise((resolve, reject) => {
    const leave = () => reject(signal.reason)
    if (signal.aborted) leave()
    signal.addEventListener("abort", leave, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", leave))
  })
