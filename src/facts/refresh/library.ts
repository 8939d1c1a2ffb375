import { messageOf } from "../../contract/errors.ts"
import { providerList } from "../facts.ts"
import type { FactSource } from "../source.ts"
import type { StoredDocument } from "./documents.ts"
import { FactTable } from "./fact-table.ts"
import { listedAs } from "./models-dev-vendors.ts"
import { type Content, unpackContent } from "./packed.ts"
import type { RefreshParts } from "./refresh-types.ts"
import { ModelsDevSource, modelsDev, type OwnList, ProviderListSource } from "./sources.ts"
import { Tracked } from "./tracked.ts"
import { listsOf, type WantedList } from "./wanted.ts"

/** Documents as they are kept, and as much of them in memory as the configured upstreams need. */
export class Library {
  readonly #parts: RefreshParts
  readonly #tracked = new Map<string, Tracked>()
  #lists = new Map<string, OwnList>()
  /** Kinds of provider that were asked for although no configured upstream is of them. */
  readonly #asked = new Set<string>()
  #modelsDev: ModelsDevSource | undefined
  /** The upstreams for which the store was read; undefined = it was not. */
  #needs: string | undefined
  #last: Promise<unknown> = Promise.resolve()

  constructor(parts: RefreshParts) {
    this.#parts = parts
  }

  get isLoaded(): boolean {
    return this.#needs !== undefined
  }

  tracked(name: string): Tracked {
    const known = this.#tracked.get(name) ?? new Tracked(name)
    this.#tracked.set(name, known)
    return known
  }

  /** What is in memory, as sources; whoever is configured now. */
  sources(): readonly FactSource[] {
    return [...(this.#modelsDev ? [this.#modelsDev] : []), ...(this.#lists.size > 0 ? [this.#ownLists()] : [])]
  }

  /** Reads what the store has for the upstreams as they are now. Gives whether that is something else than before. */
  load(): Promise<boolean> {
    const done = this.#last.then(() => this.#load())
    this.#last = done.catch(() => {})
    return done
  }

  async #load(): Promise<boolean> {
    const wanted = listsOf(this.#parts)
    const needs = JSON.stringify([[...this.#vendors()].sort(), wanted.map(({ name, url }) => [name, url])])
    if (this.#needs === needs) return false
    const stored = await this.#parts.documents.all()
    const before = this.#lists
    this.#lists = new Map()
    this.#needs = needs
    let found = before.size > 0
    for (const document of stored) found = (await this.take(document, wanted)) || found
    return found
  }

  /** Puts a copy of the store, or one that just came, in the place of what was there. False: nobody wants it, or it cannot be read. */
  async take(document: StoredDocument, wanted: readonly WantedList[] = listsOf(this.#parts)): Promise<boolean> {
    const list = wanted.find(({ name }) => name === document.name)
    const isCommon = document.name === modelsDev
    // One that another upstream of the same name told is none of this one's.
    if (!isCommon && list?.url !== document.url) return false
    const content = await this.#unpack(document)
    if (content === undefined) return false
    this.tracked(document.name).kept(document, content)
    if (isCommon) this.#modelsDev = this.#sourceOf(document, content)
    else if (list) {
      const { id, definition: vendor } = list.upstream
      const table = new FactTable(content.lists[vendor] ?? "[]")
      this.#lists.set(id, { vendor, table, complete: content.complete === true })
    }
    return true
  }

  async #unpack({ name, body }: StoredDocument): Promise<Content | undefined> {
    try {
      return await unpackContent(body)
    } catch (thrown) {
      const error = messageOf(thrown)
      this.#parts.log.warn("a kept document cannot be read; it is fetched anew", { document: name, error })
      return undefined
    }
  }

  /** Tells those who ask for facts what there is now; of one document alone where that is what changed. */
  async publish(document?: string): Promise<void> {
    const { facts } = this.#parts
    if (this.#modelsDev && (document === undefined || document === modelsDev)) await facts.replace(this.#modelsDev)
    if (document !== modelsDev) await facts.replace(this.#ownLists())
  }

  #ownLists(): ProviderListSource {
    const newest = Math.max(0, ...[...this.#lists.keys()].map((id) => this.tracked(nameOf(id)).checkedAt ?? 0))
    return new ProviderListSource(newest, new Map(this.#lists))
  }

  #vendors(): Set<string> {
    return new Set([...this.#asked, ...[...this.#parts.upstreams()].map(({ definition }) => listedAs(definition))])
  }

  #sourceOf({ checkedAt }: StoredDocument, { lists }: Content): ModelsDevSource {
    const wanted = this.#vendors()
    const tables = new Map<string, FactTable>()
    const others = new Set<string>()
    for (const [vendor, text] of Object.entries(lists)) {
      if (wanted.has(vendor)) tables.set(vendor, new FactTable(text))
      else others.add(vendor)
    }
    return new ModelsDevSource({ asOf: checkedAt, tables, others, onMissing: (vendor) => this.#fetchMissing(vendor) })
  }

  /** Somebody asks for a kind that came with a reload a moment ago. */
  #fetchMissing(vendor: string): void {
    if (this.#asked.has(vendor)) return
    this.#asked.add(vendor)
    this.load().then(
      (changed) => {
        if (changed) void this.publish()
      },
      (thrown: unknown) => this.#parts.log.warn("kept documents cannot be read", { error: messageOf(thrown) }),
    )
  }
}

export const nameOf = (id: string): string => `${providerList}/${id}`
