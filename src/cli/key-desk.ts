import type { LimitReset, StreamRecovery } from "../config/config.ts"
import type { JsonObject } from "../contract/index.ts"

/** How a key's requests are routed when they do not say. */
export interface RoutingLine {
  /** Models and patterns it may use; null = all. */
  readonly models?: readonly string[] | null
  readonly default_model?: string | null
  /** OpenRouter's `provider` object. */
  readonly provider?: JsonObject | null
  readonly cache?: boolean | null
  readonly stream_recovery?: StreamRecovery | null
  readonly priority?: number | null
}

/** Whose a key is, and what else it may do. Members by id or address, groups and service accounts by id or name. */
export interface DetailsLine {
  readonly owner?: { readonly kind: "member" | "service-account" | "group"; readonly id: string } | null
  readonly group_id?: string | null
  readonly manage?: "none" | "read" | "write"
  readonly labels?: Readonly<Record<string, string>>
  readonly rates?: {
    readonly requests_per_minute?: number | null
    readonly tokens_per_minute?: number | null
    readonly concurrency?: number | null
  } | null
}

/** A key as the management API shows it. Never the token. */
export interface KeyLine extends RoutingLine, DetailsLine {
  /** SHA-256 of the token, hex. */
  readonly id: string
  readonly name: string
  /** The token with its middle left out. */
  readonly label: string
  readonly kind: "inference" | "management"
  readonly disabled: boolean
  /** USD per window; null = no limit. */
  readonly limit: number | null
  readonly limit_reset: LimitReset
  readonly strict: boolean
  /** RFC 3339; null = never. */
  readonly expires_at: string | null
  readonly created_at: string
  /** `file`: declared by the configuration and changed only there. */
  readonly source: "file" | "store"
}

export interface NewKey extends RoutingLine, DetailsLine {
  readonly name: string
  readonly limit?: number
  readonly limit_reset?: LimitReset
  readonly expires_at?: string
  readonly strict?: boolean
}

/** Where keys are managed: a running gateway, or the database of one that does not run. */
export interface KeyDesk {
  /** Gives the token, which nobody can ask for again. */
  create(key: NewKey): Promise<{ readonly token: string; readonly key: KeyLine }>
  list(): Promise<readonly KeyLine[]>
  disable(id: string): Promise<KeyLine>
  close(): Promise<void>
}
