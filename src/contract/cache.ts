import type { CallInfo } from "./capabilities.ts"
import type { ChatRequest, Loss } from "./chat.ts"
import type { ApiName } from "./generation.ts"
import type { Json } from "./json.ts"
import type { ChatPart } from "./parts.ts"

/** What of a conversation can be compared by its meaning: its last text, within all that must be equal. */
export interface CacheQuestion {
  /** Equal where everything but the last text is: tenant, models, preferences, system prompt, earlier turns, tools, parameters. */
  readonly partition: string
  /** The last message of the user, which is nothing but text. */
  readonly text: string
}

/** A request that may be answered from memory. Hand it on as `call` where one is wanted: the host knows its request by it. */
export interface CacheQuery extends CallInfo {
  /**
   * Hash of all that an upstream could see of the request, of its tenant, its models and its routing preferences: equal requests of one
   * tenant have equal ones, any other request another one. Letters and digits.
   */
  readonly fingerprint: string
  /** Who may be given the answer: a key's id, or `organisation`. Part of the fingerprint. */
  readonly tenant: string
  readonly ability: "chat" | "embeddings" | "rerank"
  readonly api: ApiName
  /** How long an answer that is stored now may be given, milliseconds. */
  readonly ttlMs: number
  /** Only of a conversation. */
  readonly request?: ChatRequest
  /** Worked out when first asked for; undefined where the last thing said is no plain text of the user. */
  question(): CacheQuestion | undefined
}

interface Remembered {
  /** Milliseconds UTC. */
  readonly storedAt: number
  /** Milliseconds UTC; from then on it must not be given. */
  readonly expiresAt: number
  /** The generation that it was made by, and what that cost. */
  readonly sourceId: string
  readonly costNano: number
  readonly api: ApiName
  /** Who answered: id of the provider, its own name of the model, and the public one. */
  readonly provider: string
  readonly upstream: string
  readonly model: string
  /** Hash of what that provider is: its kind, its address, its options. By the same name it may be another one later. */
  readonly maker: string
  /** What did not reach the upstream, in the words of `api`; told again with every replay. */
  readonly losses: readonly Loss[]
}

/** A whole answer as it is kept: plain JSON. A conversation has parts, anything else has the reply of its ability. */
export type CacheEntry = Remembered & ({ readonly parts: readonly ChatPart[] } | { readonly reply: Json })

/** Which entries are meant: those that fit all that is said. Nothing said: all. */
export interface CachePurge {
  /** The key whose request stored them. */
  readonly keyId?: string
  /** Public name of the model that answered. */
  readonly model?: string
  readonly fingerprint?: string
}

export interface CacheStats {
  readonly entries: number
  readonly bytes?: number
  /** Anything else worth showing, by name. */
  readonly [more: string]: number | string | boolean | undefined
}

/**
 * Keeps answers. The host decides what may be asked for and stored; only complete, successful answers are. First hit wins, exact caches
 * first; `store` goes to all. A throw is a miss. An entry past its `expiresAt` is never given.
 */
export interface Cache {
  readonly name: string
  /** `similar`: may give the answer to another question of the same partition, and is asked last. Default `exact`. */
  readonly match?: "exact" | "similar"
  lookup(query: CacheQuery): Promise<CacheEntry | undefined>
  store(query: CacheQuery, entry: CacheEntry): Promise<void>
  /** Gives how many entries went; when it resolves, none of them is given any more. */
  purge?(which: CachePurge): Promise<number>
  stats?(): CacheStats | Promise<CacheStats>
}
