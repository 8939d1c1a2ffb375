import { GatewayError } from "../contract/errors.ts"
import { createTurns } from "../contract/in-turn.ts"
import type { Statement } from "../store/executor.ts"
import { type Actor, auditStatement } from "./audit/audit.ts"
import { declaredPrincipals } from "./declared-keys.ts"
import { changed } from "./key-change.ts"
import { isExpired, stateProblem, unknownKey } from "./key-problems.ts"
import { removeKey, saveKey, shownKey } from "./key-rows.ts"
import { createKeyTable } from "./key-table.ts"
import type { Keys, KeysOptions, NewKey } from "./key-types.ts"
import type { Principal } from "./principal.ts"
import type { ChangedKey } from "./refresh.ts"
import { change as makeChange } from "./rivals.ts"
import { hashToken, type KeyKind, maskToken, mintToken } from "./tokens.ts"

/** Who changes keys where nobody asked for it. */
export const theGateway: Actor = Object.freeze({ name: "signalbox" })

/** Of management keys only one that may change everything keeps its operator from being locked out. */
const isWhole = ({ kind, details }: Principal, wanted: KeyKind): boolean =>
  kind === wanted && (kind === "inference" || (details?.manage !== "read" && (details?.role ?? "owner") === "owner"))

/** A start with an unchanged file writes nothing. */
const isStored = (key: Principal, stored: Principal | undefined): boolean =>
  stored !== undefined && JSON.stringify(saveKey(key).args) === JSON.stringify(saveKey(stored).args)

export const createKeys = ({ stored, commit, clock, randomBytes, elsewhere, problemOf, onGone }: KeysOptions): Keys => {
  /** Keys of the file that earlier runs saw, for when they were first seen. */
  const seenFileKeys = new Map(stored.filter(({ source }) => source === "file").map((key) => [key.keyId, key]))
  const own = createKeyTable(stored.filter(({ source }) => source === "store"))
  let fromFile: ReadonlyMap<string, Principal> = new Map()
  /** Changes of one key follow one another, so that none is computed from a state that another is about to replace. */
  const inTurn = createTurns()

  const get = (keyId: string): Principal | undefined => fromFile.get(keyId) ?? own.get(keyId)
  const lookup = (token: string): Principal | undefined => {
    const hash = hashToken(token)
    const principal = get(hash)
    return principal === undefined || principal.details?.tokens ? own.rotated(hash, clock.now()) : principal
  }
  /** Put in order once per change: whoever asks for a page of a hundred thousand does so for each of a thousand pages. */
  let listed: { readonly of: unknown; readonly and: unknown; readonly keys: readonly Principal[] } | undefined
  const list = (): readonly Principal[] => {
    const ofStore = own.values()
    if (listed?.of === fromFile && listed.and === ofStore) return listed.keys
    const keys = [...fromFile.values(), ...ofStore.filter(({ keyId }) => !fromFile.has(keyId))].sort(
      (a, b) => a.createdAtMs - b.createdAtMs,
    )
    listed = { of: fromFile, and: ofStore, keys: Object.freeze(keys) }
    return keys
  }
  const newLine = (): string => Buffer.from(randomBytes(16)).toString("hex")
  const forget = (keyId: string): void => {
    if (own.forget(keyId)) onGone?.(keyId)
  }
  const takeOver = async (changed: () => Promise<readonly ChangedKey[]>): Promise<readonly ChangedKey[]> => {
    const found = await changed()
    for (const { keyId, principal } of found) {
      if (principal !== undefined) own.place(principal)
      else forget(keyId)
    }
    return found
  }
  const changeable = async (keyId: string): Promise<Principal> => {
    if (elsewhere) await takeOver(elsewhere.changed)
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
    line: string = newLine(),
  ): Statement => {
    const id = (after ?? before)?.keyId ?? ""
    const entry = { action, kind: "key", id, before: shownKey(before), after: shownKey(after) }
    return auditStatement(entry, by, clock.now(), line)
  }
  /** A key that is there, as `next` makes another one of it; undefined: it is deleted. */
  const replace = <Next extends { readonly principal?: Principal }>(
    keyId: string,
    action: string,
    by: Actor,
    next: (before: Principal) => Next,
    beside: readonly Statement[] = [],
  ): Promise<Next> =>
    inTurn(() => {
      const rivals = elsewhere && {
        look: async () => (await takeOver(elsewhere.changed)).some((one) => one.keyId === keyId),
        isOnRecord: elsewhere.isOnRecord,
      }
      return makeChange({ commit, newLine }, rivals, async (line) => {
        const before = await changeable(keyId)
        const result = next(before)
        const { principal } = result
        const written = principal === undefined ? removeKey(keyId, clock.now()) : saveKey(principal)
        const guard = elsewhere ? [elsewhere.guard(keyId, line)] : []
        return {
          result,
          statements: [...guard, written, audited(action, before, principal, by, line), ...beside],
          apply() {
            if (principal !== undefined) own.place(principal)
            else forget(keyId)
          },
        }
      })
    })
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
    replace(keyId, "rotate", by, (before) => {
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
    update: async (keyId, change, by = theGateway) => {
      const { principal } = await replace(keyId, "update", by, (before) => ({
        principal: changed(before, typeof change === "function" ? change(before) : change, clock.now()),
      }))
      return principal
    },
    delete: async (keyId, by = theGateway, beside = []) =>
      void (await replace(keyId, "delete", by, () => ({}), beside)),
    refresh: (changed) => inTurn(async () => (await takeOver(changed)).length > 0),
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
