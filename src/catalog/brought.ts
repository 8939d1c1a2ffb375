import { GatewayError, messageOf } from "../contract/index.ts"
import { liveWithCredential } from "./build.ts"
import type { LiveProvider } from "./provider.ts"

/** A credential that somebody brought: sealed in the store, or plain with the one request that it is for. */
export type BroughtCredential = { readonly id: string } & (
  | { readonly sealed: string }
  | { readonly credential: string }
)

export interface BroughtOptions {
  readonly open: (id: string, sealed: string) => Promise<string>
  readonly env: Readonly<Record<string, string | undefined>>
  /** Keeps a credential out of logs. */
  readonly hide: (credential: string) => void
  /** The sealed texts that there are; of others nothing need be kept. */
  readonly sealed: () => ReadonlySet<string>
}

/** Places in the configuration are below. */
const firstSlot = 1_000_000
/** Of what comes with a request: nothing is remembered of it. */
export const passingSlot = -1

/** What is kept of one version of a credential. */
interface Kept {
  /** The number by which health knows it. */
  readonly slot: number
  readonly live: WeakMap<LiveProvider, LiveProvider | Promise<LiveProvider>>
}

/** What an upstream is reached with, by the provider that was made with it. */
const credentials = new WeakMap<LiveProvider, string>()

/** A text of an upstream without the credential that it was reached with, where somebody brought that. */
export function withoutCredential(text: string, live: LiveProvider): string {
  const credential = credentials.get(live)
  return credential === undefined ? text : text.replaceAll(credential, "[redacted]")
}

/**
 * Providers with credentials that somebody brought; made when a request first uses one, and kept as long as neither the provider nor the
 * credential changes.
 */
export class Brought {
  readonly #options: BroughtOptions
  /** By the sealed text, which is another one for each version of a credential. */
  readonly #kept = new Map<string, Kept>()
  #nextSlot = firstSlot

  constructor(options: BroughtOptions) {
    this.#options = options
  }

  /** The number by which health knows it. */
  slotOf(key: BroughtCredential): number {
    return "credential" in key ? passingSlot : this.#keptOf(key.sealed).slot
  }

  /** A promise only the first time. Rejects, or throws, with what is wrong with the credential. */
  with(live: LiveProvider, key: BroughtCredential): LiveProvider | Promise<LiveProvider> {
    if ("credential" in key) return this.#make(live, key.credential)
    const kept = this.#keptOf(key.sealed)
    const found = kept.live.get(live)
    if (found) return found
    const making = this.#options.open(key.id, key.sealed).then((credential) => {
      this.#options.hide(credential)
      return this.#make(live, credential)
    })
    kept.live.set(live, making)
    making.then(
      (ready) => kept.live.set(live, ready),
      // The next request may have more luck: a key of the installation that was missing can be put back.
      () => kept.live.delete(live),
    )
    return making
  }

  #keptOf(sealed: string): Kept {
    const known = this.#kept.get(sealed)
    if (known) return known
    const there = this.#options.sealed()
    for (const other of this.#kept.keys()) if (!there.has(other)) this.#kept.delete(other)
    const kept: Kept = { slot: this.#nextSlot++, live: new WeakMap() }
    this.#kept.set(sealed, kept)
    return kept
  }

  #make(live: LiveProvider, credential: string): LiveProvider {
    try {
      const made = liveWithCredential(live, credential, this.#options.env)
      credentials.set(made, credential)
      return made
    } catch (thrown) {
      // The plugin's words may quote what it was given.
      const words = messageOf(thrown).replaceAll(credential, "[redacted]")
      throw new GatewayError("provider_auth", `${live.name} cannot be used with a brought credential: ${words}`, {
        provider: live.id,
      })
    }
  }
}
