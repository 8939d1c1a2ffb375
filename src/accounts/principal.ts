import type { KeyRouting } from "../config/config.ts"
import type { KeyKind } from "./tokens.ts"

export type LimitReset = "daily" | "weekly" | "monthly" | "never"

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
  readonly expiresAtMs?: number
  readonly disabled: boolean
  /** `file`: declared by the configuration, read-only here. */
  readonly source: "file" | "store"
  readonly createdAtMs: number
  readonly updatedAtMs?: number
  /** Id of the key that made this one. */
  readonly createdBy?: string
}
