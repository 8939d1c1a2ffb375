import type { KeyRouting, LimitReset } from "../config/config.ts"
import type { RateLimits } from "./limits/types.ts"
import type { Role } from "./rights/rights.ts"
import type { KeyKind } from "./tokens.ts"

export type { LimitReset }

/** Whose a key is; absent: the organisation's. */
export type KeyOwner =
  | { readonly kind: "member"; readonly id: string }
  | { readonly kind: "service-account"; readonly id: string }
  | { readonly kind: "group"; readonly id: string }

/** What is not on every key. Stored as one JSON text. */
export interface KeyDetails {
  readonly owner?: KeyOwner
  /** The group whose money it spends, of those that its member is in; absent: the first one that the member joined. */
  readonly groupId?: string
  readonly projectId?: string
  /** What it may do with the management API; absent: management keys write, inference keys nothing. An inference key may at most read. */
  readonly manage?: "none" | "read" | "write"
  /** Of management keys: as whom it manages, where it is no member's; absent: owner. */
  readonly role?: Role
  readonly labels?: Readonly<Record<string, string>>
  readonly rates?: RateLimits
  readonly accessListId?: string
  /** Whether prompts and answers are kept; absent: as the file says for all. */
  readonly storeBodies?: boolean
  /** Whether spending on credentials that somebody brought counts towards its limit; absent: not. */
  readonly includeByokInLimit?: boolean
  /** The member that made it. */
  readonly creatorMemberId?: string
  /** Whom an application made it for, in that application's own words. */
  readonly externalUser?: string
  /** Of a key whose token was replaced, as SHA-256 in hex: the one it has now, and until when the one before it works. Its id stays. */
  readonly tokens?: {
    readonly current: string
    readonly before?: { readonly hash: string; readonly untilMs: number }
  }
}

/** Who asks. Frozen; a change of the key makes a new one, and a request keeps the one that it came with. */
export interface Principal {
  /** SHA-256 of the token in hex. */
  readonly keyId: string
  readonly name: string
  /** The token with its middle left out. */
  readonly label: string
  readonly kind: KeyKind
  /** What may be spent per window, nano-dollars; absent: no limit. */
  readonly limitNano?: number
  readonly limitReset: LimitReset
  /** Refuse requests that would lose something in translation. */
  readonly strict: boolean
  /** How its requests are routed when they do not say; absent: as everybody's. */
  readonly routing?: KeyRouting
  /** Absent: the organisation's, and nothing special. */
  readonly details?: KeyDetails
  readonly expiresAtMs?: number
  readonly disabled: boolean
  /** `file`: declared by the configuration, read-only here. */
  readonly source: "file" | "store"
  readonly createdAtMs: number
  readonly updatedAtMs?: number
  /** Id of the key that made this one. */
  readonly createdBy?: string
}
