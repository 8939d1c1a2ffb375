import type { KeyRouting } from "../config/config.ts"
import type { GatewayError } from "../contract/errors.ts"
import type { Statement } from "../store/executor.ts"
import type { Actor } from "./audit/audit.ts"
import type { DeclaredKey } from "./declared-keys.ts"
import type { KeyDetails, LimitReset, Principal } from "./principal.ts"
import type { ChangedKey, KeysElsewhere } from "./refresh.ts"
import type { KeyKind } from "./tokens.ts"

export interface NewKey {
  readonly name: string
  readonly kind: KeyKind
  /** One that somebody else made; hashed at once and not kept. */
  readonly token?: string
  readonly limitNano?: number
  readonly limitReset?: LimitReset
  readonly expiresAtMs?: number
  readonly strict?: boolean
  readonly routing?: KeyRouting
  readonly details?: KeyDetails
}

/** What may change. An absent field stays, null clears. */
export interface KeyChange {
  readonly name?: string
  readonly disabled?: boolean
  readonly limitNano?: number | null
  readonly limitReset?: LimitReset
  readonly expiresAtMs?: number | null
  readonly strict?: boolean
  readonly routing?: KeyRouting | null
  /** In place of all that there were. */
  readonly details?: KeyDetails | null
}

/** All calls that change something resolve when it is on the disk, and only then does it hold. */
export interface Keys {
  /** Without any check of its state. One hash and one look-up. */
  lookup(token: string): Principal | undefined
  /** The key behind a token if it may do this kind of thing now, or the error to answer with. Looks at memory only. */
  authenticate(token: string | undefined, kind: KeyKind): Principal | GatewayError
  get(keyId: string): Principal | undefined
  /** Oldest first. */
  list(): readonly Principal[]
  /** The token is in this answer and never again anywhere. `beside` goes into the same transaction. Throws `conflict` for a token that is taken. */
  create(
    key: NewKey,
    by?: Actor,
    beside?: readonly Statement[],
  ): Promise<{ readonly token: string; readonly principal: Principal }>
  /** A new token for the same key. The one that it has had works for `graceMs` more, those before it not any more. */
  rotate(keyId: string, graceMs: number, by?: Actor): Promise<{ readonly token: string; readonly principal: Principal }>
  /**
   * Throws `not_found`, or `conflict` for a key of the file. A change that depends on what the key is now is given as a function, which is
   * asked when its turn has come.
   */
  update(keyId: string, change: KeyChange | ((now: Principal) => KeyChange), by?: Actor): Promise<Principal>
  /** `beside` goes into the same transaction. */
  delete(keyId: string, by?: Actor, beside?: readonly Statement[]): Promise<void>
  /** Makes a key when there is none of the kind that works, and gives its token. */
  ensure(kind: KeyKind, name: string): Promise<string | undefined>
  /**
   * Takes over what another gateway of the same store wrote. `changed` is asked when its turn has come, so that no change of this gateway
   * is undone by what was read before it. True when there was something.
   */
  refresh(changed: () => Promise<readonly ChangedKey[]>): Promise<boolean>
  /**
   * Replaces the keys that the file owns; the change holds at once and as a whole. Throws `conflict` for two keys with one token or
   * name, and changes nothing then. Resolves when their names are in the store for the ledger's sake.
   */
  declare(declared: readonly DeclaredKey[], adminKey: string | undefined): Promise<void>
}

export interface KeysOptions {
  /** Those in the store, deleted ones left out. */
  readonly stored: readonly Principal[]
  readonly commit: (statements: readonly Statement[]) => Promise<unknown>
  readonly clock: { now(): number }
  readonly randomBytes: (count: number) => Uint8Array
  /**
   * What other gateways of the same store do. A change writes the whole key, so it begins with a look at that, and is thought out anew where
   * somebody was faster: a key that was switched off elsewhere must not be switched on again by a new name.
   */
  readonly elsewhere?: KeysElsewhere
  /** Why what a key belongs to keeps it from this kind of thing. */
  readonly problemOf?: (principal: Principal, kind: KeyKind) => GatewayError | undefined
  /** A key was deleted, or is not in the file any more: what else is kept under it can go. */
  readonly onGone?: (keyId: string) => void
}
