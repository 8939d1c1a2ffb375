import type { KeyRouting } from "../config/config.ts"
import { GatewayError } from "../contract/errors.ts"
import type { Statement } from "../store/executor.ts"
import { type Actor, auditStatement } from "./audit/audit.ts"
import { type DeclaredKey, declaredPrincipals } from "./declared-keys.ts"
import { removeKey, saveKey, shownKey } from "./key-rows.ts"
import { createKeyTable, withTokens } from "./key-table.ts"
import type { KeyDetails, LimitReset, Principal } from "./principal.ts"
import type { ChangedKey } from "./refresh.ts"
import { hashToken, type KeyKind, maskToken, mintToken } from "./tokens.ts"

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

/** Who changes keys where nobody asked for it. */
export const theGateway: Actor = Object.freeze({ name: "signalbox" })

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
   * What other gateways of the same store wrote since it was last asked. A change writes the whole key, so it begins with a look at that: a
   * key that was switched off elsewhere must not be switched on again by a new name.
   */
  readonly changedElsewhere?: () => Promise<readonly ChangedKey[]>
  /** Why what a key belongs to keeps it from this kind of thing. */
  readonly problemOf?: (principal: Principal, kind: KeyKind) => GatewayError | undefined
  /** A key was deleted, or is not in the file any more: what else is kept under it can go. */
  readonly onGone?: (keyId: string) => void
}

const isExpired = (principal: Principal, now: number): boolean =>
  principal.expiresAtMs !== undefined && principal.expiresAtMs <= now

export const unknownKey = (): GatewayError => new GatewayError("invalid_api_key", "This API key is not known here.")

/** Why a key that is known may do nothing at that moment. */
export const stateProblem = (principal: Principal, now: number): GatewayError | undefined => {
  if (principal.disabled) return new GatewayError("key_disabled", "This API key is disabled.")
  return isExpired(principal, now) ? new GatewayError("key_expired", "This API key has expired.") : undefined
}

const changed = (old: Principal, change: KeyChange, now: number): Principal => {
  const { limitNano, expiresAtMs, routing: oldRouting, details: oldDetails, ...kept } = old
  const details = withTokens(change.details === undefined ? oldDetails : (change.details ?? undefined), oldDetails)
  const routing = change.routing === undefined ? oldRouting : (change.routing ?? undefined)
  const limit = change.limitNano === undefined ? limitNano : (change.limitNano ?? undefined)
  const expiry = change.expiresAtMs === undefined ? expiresAtMs : (change.expiresAtMs ?? undefined)
  return Object.freeze({
    ...kept,
    name: change.name ?? old.name,
    disabled: change.disabled ?? old.disabled,
    limitReset: change.limitReset ?? old.limitReset,
    strict: change.strict ?? old.strict,
    ...(limit === undefined ? {} : { limitNano: limit }),
    ...(expiry === undefined ? {} : { expiresAtMs: expiry }),
    ...(routing === undefined ? {} : { routing }),
    ...(details === undefined ? {} : { details }),
    updatedAtMs: now,
  })
}

/** Of management keys only one that may change everything keeps its operator from being locked out. */
const isWhole = ({ kind, details }: Principal, wanted: KeyKind): boolean =>
  kind === wanted && (kind === "inference" || (details?.manage !== "read" && (details?.role ?? "owner") === "owner"))

/** A start with an unchanged file writes nothing. */
const isStored = (key: Principal, stored: Principal | undefined): boolean =>
  stored !== undefined && JSON.stringify(saveKey(key).args) === JSON.stringify(saveKey(stored).args)

export const createKeys = ({
  stored,
  commit,
  clock,
  randomBytes,
  changedElsewhere,
  problemOf,
  onGone,
}: KeysOptions): Keys => {
  /** Keys of the file that earlier runs saw, for when they were first seen. */
  const seenFileKeys = new Map(stored.filter(({ source }) => source === "file").map((key) => [key.keyId, key]))
  const own = createKeyTable(stored.filter(({ source }) => source === "store"))
  let fromFile: ReadonlyMap<string, Principal> = new Map()
  /** Changes of one key follow one another, so that none is computed from a state that another is about to replace. */
  let changes: Promise<unknown> = Promise.resolve()

  const get = (keyId: string): Principal | undefined => fromFile.get(keyId) ?? own.get(keyId)
  const lookup = (token: string): Principal | undefined => {
    const hash = hashToken(token)
    const principal = get(hash)
    return principal === undefined || principal.details?.tokens ? own.rotated(hash, clock.now()) : principal
  }
  const list = (): readonly Principal[] =>
    [...fromFile.values(), ...[...own.values()].filter(({ keyId }) => !fromFile.has(keyId))].sort(
      (a, b) => a.createdAtMs - b.createdAtMs,
    )
  const inTurn = <T>(change: () => Promise<T>): Promise<T> => {
    const result = changes.then(change)
    changes = result.catch(() => undefined)
    return result
  }
  const takeOver = async (changed: () => Promise<readonly ChangedKey[]>): Promise<boolean> => {
    const found = await changed()
    for (const { keyId, principal } of found) {
      if (principal !== undefined) own.place(principal)
      else if (own.forget(keyId)) onGone?.(keyId)
    }
    return found.length > 0
  }
  const changeable = async (keyId: string): Promise<Principal> => {
    if (changedElsewhere) await takeOver(changedElsewhere)
    const principal = get(keyId)
    if (principal === undefined) throw new GatewayError("not_found", "There is no such key.")
    if (principal.source === "file")
      throw new GatewayError(
        "conflict",
        `The key "${principal.name}" belongs to the configuration file. Change it there.`,
      )
    return principal
  }
  const audited = (
    action: string,
    before: Principal | undefined,
    after: Principal | undefined,
    by: Actor,
  ): Statement => {
    const id = (after ?? before)?.keyId ?? ""
    const entry = { action, kind: "key", id, before: shownKey(before), after: shownKey(after) }
    return auditStatement(entry, by, clock.now(), Buffer.from(randomBytes(16)).toString("hex"))
  }
  const create = (key: NewKey, by: Actor = theGateway, beside: readonly Statement[] = []) =>
    inTurn(async () => {
      const token = key.token ?? mintToken(key.kind, randomBytes)
      const hash = hashToken(token)
      if (own.isTaken(hash) || fromFile.has(hash)) throw new GatewayError("conflict", "This token is taken.")
      const principal: Principal = Object.freeze({
        keyId: hash,
        name: key.name,
        label: maskToken(token),
        kind: key.kind,
        limitReset: key.limitReset ?? "never",
        strict: key.strict ?? false,
        disabled: false,
        source: "store",
        createdAtMs: clock.now(),
        ...(key.limitNano === undefined ? {} : { limitNano: key.limitNano }),
        ...(key.expiresAtMs === undefined ? {} : { expiresAtMs: key.expiresAtMs }),
        ...(key.routing === undefined ? {} : { routing: key.routing }),
        ...(key.details === undefined ? {} : { details: key.details }),
        ...(by.keyId === undefined ? {} : { createdBy: by.keyId }),
      })
      await commit([saveKey(principal), audited("create", undefined, principal, by), ...beside])
      own.place(principal)
      return { token, principal }
    })
  const rotate = (keyId: string, graceMs: number, by: Actor = theGateway) =>
    inTurn(async () => {
      const before = await changeable(keyId)
      const problem = stateProblem(before, clock.now())
      if (problem) throw new GatewayError("conflict", `${problem.message} A new token would not work.`)
      const token = mintToken(before.kind, randomBytes)
      const replaced = before.details?.tokens?.current ?? keyId
      const tokens = {
        current: hashToken(token),
        ...(graceMs > 0 ? { before: { hash: replaced, untilMs: clock.now() + graceMs } } : {}),
      }
      const principal: Principal = Object.freeze({
        ...before,
        label: maskToken(token),
        details: { ...before.details, tokens },
        updatedAtMs: clock.now(),
      })
      await commit([saveKey(principal), audited("rotate", before, principal, by)])
      own.place(principal)
      return { token, principal }
    })

  return {
    lookup,
    get,
    list,
    create,
    rotate,
    authenticate: (token, kind) => {
      if (token === undefined || token === "")
        return new GatewayError("missing_api_key", "No API key. Send `Authorization: Bearer KEY`.")
      const principal = lookup(token)
      if (principal === undefined) return unknownKey()
      const problem = stateProblem(principal, clock.now())
      if (problem) return problem
      if (principal.kind === kind) return problemOf?.(principal, kind) ?? principal
      return new GatewayError(
        "wrong_key_kind",
        kind === "inference"
          ? "This is a management key; it cannot call models. Use an inference key."
          : "This is an inference key; it cannot manage. Use a management key.",
      )
    },
    update: (keyId, change, by = theGateway) =>
      inTurn(async () => {
        const before = await changeable(keyId)
        const principal = changed(before, typeof change === "function" ? change(before) : change, clock.now())
        await commit([saveKey(principal), audited("update", before, principal, by)])
        own.place(principal)
        return principal
      }),
    delete: (keyId, by = theGateway, beside = []) =>
      inTurn(async () => {
        const before = await changeable(keyId)
        await commit([removeKey(keyId, clock.now()), audited("delete", before, undefined, by), ...beside])
        own.forget(keyId)
        onGone?.(keyId)
      }),
    refresh: (changed) => inTurn(() => takeOver(changed)),
    ensure: async (kind, name) => {
      const now = clock.now()
      if (list().some((key) => isWhole(key, kind) && !key.disabled && !isExpired(key, now))) return undefined
      return (await create({ kind, name })).token
    },
    declare: async (declared, adminKey) => {
      const next = declaredPrincipals(
        declared,
        adminKey,
        (keyId) => get(keyId)?.createdAtMs ?? seenFileKeys.get(keyId)?.createdAtMs ?? clock.now(),
      )
      const gone = [...fromFile.keys()].filter((keyId) => !next.has(keyId) && !own.has(keyId))
      fromFile = next
      for (const keyId of gone) onGone?.(keyId)
      // A key that the API made and the file now names as well stays the store's in the table; the file's word counts while it is there.
      const rows = [...next.values()].filter(
        (key) => !own.has(key.keyId) && !isStored(key, seenFileKeys.get(key.keyId)),
      )
      if (rows.length === 0) return
      await commit(rows.map(saveKey))
      for (const principal of rows) seenFileKeys.set(principal.keyId, principal)
    },
  }
}
