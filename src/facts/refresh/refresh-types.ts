import type { Config } from "../../config/config.ts"
import type { Logger } from "../../contract/plugin.ts"
import type { Provider } from "../../contract/provider.ts"
import type { FactSource } from "../source.ts"
import type { ReaderLimits } from "./document-reader.ts"
import type { DocumentStore } from "./documents.ts"
import type { FetchLimits } from "./fetch-document.ts"

/** A configured upstream, as far as this room needs it. */
export interface Upstream {
  readonly id: string
  /** Id of its kind. */
  readonly definition: string
  readonly provider: Pick<Provider, "listing">
}

export interface RefreshLimits {
  /** For a document, or one page of a list. */
  readonly fetch: FetchLimits
  readonly read: ReaderLimits
  /** For a list with all its pages. */
  readonly listMs: number
}

export interface RefreshParts {
  readonly documents: DocumentStore
  readonly facts: { replace(source: FactSource): void | Promise<void> }
  /** As they are now: a reload changes them. */
  readonly settings: () => Config["catalog"]
  readonly upstreams: () => Iterable<Upstream>
  readonly fetch: typeof fetch
  readonly now: () => number
  readonly log: Logger
  readonly limits?: RefreshLimits
}

export interface RefreshOptions {
  /** Asks although nothing is due. */
  readonly now?: boolean
  /** Takes a document that has far fewer models than the one before. */
  readonly force?: boolean
  /** The list of this upstream alone. */
  readonly provider?: string
}

export interface RefreshResult {
  /** `models.dev`, `provider-list/<id>` */
  readonly document: string
  readonly outcome: "fetched" | "unchanged" | "failed"
  readonly models: number
  readonly leftOut: number
  readonly error?: string
}

/** What is known of a document, for people. */
export interface DocumentState {
  readonly name: string
  /** Without query and credentials. */
  readonly url: string
  readonly provider?: string
  /** Milliseconds UTC; undefined = never. */
  readonly fetchedAt: number | undefined
  readonly checkedAt: number | undefined
  /** When it is next asked for by itself; undefined = never. */
  readonly dueAt: number | undefined
  readonly models: number
  readonly leftOut: number
  readonly complete?: boolean
  /** In a row. */
  readonly failures: number
  readonly error?: string
}
