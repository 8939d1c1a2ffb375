import type { KeyRouting } from "../config/config.ts"
import { GatewayError } from "../contract/errors.ts"
import type { Statement } from "../store/executor.ts"
import { type Actor, auditStatement } from "./audit/audit.ts"
import { removeKey, saveKey, shownKey } from "./key-rows.ts"
import type { RateLimits } from "./limits/types.ts"
import type { KeyDetails, LimitReset, Principal } from "./principal.ts"
import { hashToken, type KeyKind, maskToken, mintToken } from "./tokens.ts"

/** A key that the configuration file declares. Its token is hashed at once and not kept. */
export interface DeclaredKey {
  readonly name: string
  readonly key: string
  readonly limitNano?: number
  readonly limitReset?: LimitReset
  readonly expiresAtMs?: number
  readonly disabled?: boolean
  readonly strict?: boolean
  readonly routing?: KeyRouting
  readonly rates?: RateLimits
  readonly labels?: Readonly<Record<string, string>>
  readonly storeBodies?: boolean
}

export interface NewKey {
  readonly name: string
  readonly kind: KeyKind
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
  /** The token is in this answer and never again anywhere. */
  create(key: NewKey, by?: Actor): Promise<{ readonly token: string; readonly principal: Principal }>
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
  const details = change.details === undefined ? oldDetails : (change.details ?? undefined)
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

const detailsOf = ({ rates, labels, storeBodies }: DeclaredKey): { readonly details?: KeyDetails } => {
  if (rates === undefined && labels === undefined && storeBodies === undefined) return {}
  const details: KeyDetails = {
    ...(rates === undefined ? {} : { rates }),
    ...(labels === undefined ? {} : { labels }),
    ...(storeBodies === undefined ? {} : { storeBodies }),
  }
  return { details }
}

/** A start with an unchanged file writes nothing. */
const isStored = (key: Principal, stored: Principal | undefined): boolean =>
  stored !== undefined && JSON.stringify(saveKey(key).args) === JSON.stringify(saveKey(stored).args)

export const createKeys = ({ stored, commit, clock, randomBytes, onGone }: KeysOptions): Keys => {
  /** Keys of the file that earlier runs saw, for when they were first seen. */
  const seenFileKeys = new Map(stored.filter(({ source }) => source === "file").map((key) => [key.keyId, key]))
  const own = new Map(stored.filter(({ source }) => source === "store").map((key) => [key.keyId, key]))
  let fromFile: ReadonlyMap<string, Principal> = new Map()
  /** Changes of one key follow one another, so that none is computed from a state that another is about to replace. */
  let changes: Promise<unknown> = Promise.resolve()

  const get = (keyId: string): Principal | undefined => fromFile.get(keyId) ?? own.get(keyId)
  const lookup = (token: string): Principal | undefined => get(hashToken(token))
  const list = (): readonly Principal[] =>
    [...fromFile.values(), ...[...own.values()].filter(({ keyId }) => !fromFile.has(keyId))].sort(
      (a, b) => a.createdAtMs - b.createdAtMs,
    )
  const inTurn = <T>(change: () => Promise<T>): Promise<T> => {
    const result = changes.then(change)
    changes = result.catch(() => undefined)
    return result
  }
  const changeable = (keyId: string): Principal => {
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
  const create = (key: NewKey, by: Actor = theGateway) =>
    inTurn(async () => {
      const token = mintToken(key.kind, randomBytes)
      const principal: Principal = Object.freeze({
        keyId: hashToken(token),
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
      await commit([saveKey(principal), audited("create", undefined, principal, by)])
      own.set(principal.keyId, principal)
      return { token, principal }
    })

  const declaredPrincipals = (
    declared: readonly DeclaredKey[],
    adminKey: string | undefined,
  ): Map<string, Principal> => {
    const principals = new Map<string, Principal>()
    const names = new Set<string>()
    const add = (key: DeclaredKey, kind: KeyKind): void => {
      const keyId = hashToken(key.key)
      const twin = principals.get(keyId)
      if (twin)
        throw new GatewayError(
          "conflict",
          `The keys "${twin.name}" and "${key.name}" have the same token. Give each its own.`,
        )
      if (names.has(key.name)) throw new GatewayError("conflict", `Two keys are named "${key.name}". Rename one.`)
      names.add(key.name)
      principals.set(
        keyId,
        Object.freeze({
          keyId,
          name: key.name,
          label: maskToken(key.key),
          kind,
          limitReset: key.limitReset ?? "never",
          strict: key.strict ?? false,
          disabled: key.disabled ?? false,
          source: "file",
          createdAtMs: get(keyId)?.createdAtMs ?? seenFileKeys.get(keyId)?.createdAtMs ?? clock.now(),
          ...(key.limitNano === undefined ? {} : { limitNano: key.limitNano }),
          ...(key.expiresAtMs === undefined ? {} : { expiresAtMs: key.expiresAtMs }),
          ...(key.routing === undefined ? {} : { routing: key.routing }),
          ...detailsOf(key),
        }),
      )
    }
    if (adminKey !== undefined) add({ name: "admin_key", key: adminKey }, "management")
    for (const key of declared) add(key, "inference")
    return principals
  }

  return {
    lookup,
    get,
    list,
    create,
    authenticate: (token, kind) => {
      if (token === undefined || token === "")
        return new GatewayError("missing_api_key", "No API key. Send `Authorization: Bearer KEY`.")
      const principal = lookup(token)
      if (principal === undefined) return unknownKey()
      const problem = stateProblem(principal, clock.now())
      if (problem) return problem
      if (principal.kind === kind) return principal
      return new GatewayError(
        "wrong_key_kind",
        kind === "inference"
          ? "This is a management key; it cannot call models. Use an inference key."
          : "This is an inference key; it cannot manage. Use a management key.",
      )
    },
    update: (keyId, change, by = theGateway) =>
      inTurn(async () => {
        const before = changeable(keyId)
        const principal = changed(before, typeof change === "function" ? change(before) : change, clock.now())
        await commit([saveKey(principal), audited("update", before, principal, by)])
        own.set(keyId, principal)
        return principal
      }),
    delete: (keyId, by = theGateway, beside = []) =>
      inTurn(async () => {
        const before = changeable(keyId)
        await commit([removeKey(keyId, clock.now()), audited("delete", before, undefined, by), ...beside])
        own.delete(keyId)
        onGone?.(keyId)
      }),
    ensure: async (kind, name) => {
      const now = clock.now()
      if (list().some((key) => key.kind === kind && !key.disabled && !isExpired(key, now))) return undefined
      return (await create({ kind, name })).token
    },
    declare: async (declared, adminKey) => {
      const next = declaredPrincipals(declared, adminKey)
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
