import { GatewayError, messageOf } from "../../contract/errors.ts"
import type { FactSource } from "../source.ts"
import { askFor } from "./ask-for.ts"
import { DocumentError } from "./document-error.ts"
import type { StoredDocument } from "./documents.ts"
import { Library } from "./library.ts"
import type { DocumentState, RefreshOptions, RefreshParts, RefreshResult } from "./refresh-types.ts"
import { modelsDev } from "./sources.ts"
import { documentStates } from "./states.ts"
import type { Tracked } from "./tracked.ts"
import { type Wanted, wantedOf } from "./wanted.ts"

/** With fewer, half of a list may go on a quiet afternoon. */
const fewModels = 20

/**
 * Keeps what is publicly known of models fresh: the document of models.dev, and the lists of the configured upstreams. One after the other;
 * a bad one never takes the place of a good one, of which the store has a copy. No request waits for any of it.
 */
export class Refresher {
  readonly #parts: RefreshParts
  readonly #library: Library
  readonly #end = new AbortController()
  #last: Promise<unknown> = Promise.resolve()

  constructor(parts: RefreshParts) {
    this.#parts = parts
    this.#library = new Library(parts)
  }

  /** What is kept, for `Facts.load`. Never throws: without the copies there is less to know, and no more. */
  async sources(): Promise<readonly FactSource[]> {
    await this.#load()
    return this.#library.sources()
  }

  /** The upstreams may have changed: takes what is kept of new ones, and lets go of what gone ones told. */
  sync(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#library.isLoaded && (await this.#load())) await this.#library.publish()
    })
  }

  /** Asks for what is due. Does nothing where nothing may be fetched. Never throws. */
  refreshDue(): Promise<readonly RefreshResult[]> {
    return this.#inTurn(async () => {
      const { airGapped, refreshMs } = this.#parts.settings()
      return airGapped || refreshMs === 0 ? [] : this.#run({})
    })
  }

  /** Asks for everything now. Throws GatewayError `conflict` where nothing may be fetched, and `not_found` for an upstream without a list. */
  refresh(options: RefreshOptions): Promise<readonly RefreshResult[]> {
    return this.#inTurn(async () => {
      if (this.#parts.settings().airGapped) throw airGapped()
      return this.#run({ ...options, now: true })
    })
  }

  /** What is known of each document; of those in the store only once somebody needed them, or after `ready`. */
  state(): readonly DocumentState[] {
    return documentStates(this.#parts, (name) => this.#library.tracked(name))
  }

  async ready(): Promise<void> {
    await this.#load()
  }

  /** Ends what is under way. */
  async stop(): Promise<void> {
    this.#end.abort(new DocumentError("the gateway stops"))
    await this.#last
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(() => {
      if (this.#end.signal.aborted) throw new GatewayError("server_stopping", "The gateway is shutting down.")
      return work()
    })
    this.#last = done.catch(() => {})
    return done
  }

  async #load(): Promise<boolean> {
    try {
      return await this.#library.load()
    } catch (thrown) {
      this.#parts.log.error("kept documents cannot be read", { error: messageOf(thrown) })
      return false
    }
  }

  async #run({ now: asked = false, force = false, provider }: RefreshOptions): Promise<readonly RefreshResult[]> {
    if (await this.#load()) await this.#library.publish()
    const { refreshMs } = this.#parts.settings()
    const results: RefreshResult[] = []
    for (const wanted of this.#wanted(provider)) {
      if (this.#end.signal.aborted) break
      const tracked = this.#library.tracked(wanted.name)
      const isDue = () => tracked.dueAt(wanted.url, refreshMs, this.#parts.now()) <= this.#parts.now()
      if (!asked && !isDue()) continue
      if (!asked && (await this.#takeOthers(wanted, tracked)) && !isDue()) continue
      results.push(await this.#one(wanted, tracked, force))
    }
    return results
  }

  #wanted(provider: string | undefined): readonly Wanted[] {
    const all = wantedOf(this.#parts)
    if (provider === undefined) return all
    const own = all.filter((wanted) => "upstream" in wanted && wanted.upstream.id === provider)
    if (own.length > 0) return own
    throw new GatewayError(
      "not_found",
      `No configured provider "${provider}" has a list of models that may be asked for.`,
      {
        param: "provider",
      },
    )
  }

  /** Another gateway on the same store may have asked a moment ago. */
  async #takeOthers({ name }: Wanted, tracked: Tracked): Promise<boolean> {
    const stored = await this.#parts.documents.find(name).catch(() => undefined)
    if (stored === undefined || stored.checkedAt <= (tracked.checkedAt ?? 0)) return false
    if (!(await this.#library.take(stored))) return false
    await this.#library.publish(name)
    return true
  }

  async #one(wanted: Wanted, tracked: Tracked, force: boolean): Promise<RefreshResult> {
    const { log, now } = this.#parts
    const told = (outcome: RefreshResult["outcome"], error?: string): RefreshResult => ({
      document: wanted.name,
      outcome,
      models: tracked.content?.models ?? 0,
      leftOut: tracked.content?.leftOut ?? 0,
      ...(error === undefined ? {} : { error }),
    })
    try {
      const outcome = await this.#update(wanted, tracked, force)
      tracked.succeeded()
      if (outcome === "fetched")
        log.info("facts of models were refreshed", { document: wanted.name, ...tracked.content })
      return told(outcome)
    } catch (thrown) {
      const error = messageOf(thrown)
      if (this.#end.signal.aborted) return told("failed", error)
      // Many servers have no list; the document of all vendors has to be where it is said to be.
      const isExpected = "upstream" in wanted && thrown instanceof DocumentError && thrown.isMissing
      const isNews = tracked.failed(error, now()) && !isExpected
      const fields = { document: wanted.name, url: wanted.url, failures: tracked.failures, error }
      if (isNews) log.warn("facts of models cannot be refreshed; what was good before stays", fields)
      else log.debug("facts of models cannot be refreshed", fields)
      return told("failed", error)
    }
  }

  async #update(wanted: Wanted, tracked: Tracked, force: boolean): Promise<"fetched" | "unchanged"> {
    const { documents, now } = this.#parts
    const isSame = tracked.copy?.url === wanted.url
    const etag = isSame ? (tracked.copy?.etag ?? undefined) : undefined
    const fresh = await askFor(wanted, etag, this.#parts, this.#end.signal)
    const checkedAt = now()
    if (fresh === "unchanged" || tracked.isSame(wanted.url, fresh.body)) {
      tracked.unchanged(checkedAt)
      await documents.touch(wanted.name, checkedAt)
      return "unchanged"
    }
    const before = isSame || wanted.name === modelsDev ? (tracked.content?.models ?? 0) : 0
    if (!force && before >= fewModels && fresh.models * 2 < before)
      throw new DocumentError(
        `it has ${fresh.models} models, and the last good one had ${before}: it is not taken unless that is forced (--force)`,
      )
    const stored: StoredDocument = {
      name: wanted.name,
      url: wanted.url,
      etag: fresh.etag ?? null,
      fetchedAt: checkedAt,
      checkedAt,
      body: fresh.body,
    }
    // Memory first: what cannot be written is good all the same, until the next start.
    await this.#library.take(stored)
    await this.#library.publish(wanted.name)
    await documents.put(stored)
    return "fetched"
  }
}

const airGapped = (): GatewayError =>
  new GatewayError(
    "conflict",
    "Nothing is fetched, because catalog.air_gapped is on. What is built in and what was kept is used as it is.",
  )
