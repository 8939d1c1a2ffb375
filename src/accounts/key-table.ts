import type { KeyDetails, Principal } from "./principal.ts"

/** The store's keys in memory, by id and by token. */
export interface KeyTable {
  get(keyId: string): Principal | undefined
  has(keyId: string): boolean
  /** In no order. The same array until something changes. */
  values(): readonly Principal[]
  place(principal: Principal): void
  /** False where there was none. */
  forget(keyId: string): boolean
  /** The key that a token of this hash opens at that moment, of those whose token was replaced. */
  rotated(hash: string, now: number): Principal | undefined
  /** Whether a token of this hash opens something, or has. */
  isTaken(hash: string): boolean
}

export function createKeyTable(keys: Iterable<Principal>): KeyTable {
  const own = new Map<string, Principal>()
  /** Ids of keys by the hashes of the tokens that they were given later. */
  const byHash = new Map<string, string>()
  let listed: readonly Principal[] | undefined
  const forget = (keyId: string): boolean => {
    listed = undefined
    for (const hash of hashesOf(own.get(keyId)?.details)) byHash.delete(hash)
    return own.delete(keyId)
  }
  const place = (principal: Principal): void => {
    forget(principal.keyId)
    own.set(principal.keyId, principal)
    for (const hash of hashesOf(principal.details)) byHash.set(hash, principal.keyId)
  }
  for (const key of keys) place(key)
  return {
    get: (keyId) => own.get(keyId),
    has: (keyId) => own.has(keyId),
    values: () => (listed ??= Object.freeze([...own.values()])),
    place,
    forget,
    rotated: (hash, now) => {
      const principal = own.get(byHash.get(hash) ?? hash)
      const tokens = principal?.details?.tokens
      if (tokens?.current === hash) return principal
      return tokens?.before?.hash === hash && now < tokens.before.untilMs ? principal : undefined
    },
    isTaken: (hash) => own.has(hash) || byHash.has(hash),
  }
}

const hashesOf = (details: KeyDetails | undefined): readonly string[] => {
  const tokens = details?.tokens
  return tokens === undefined ? [] : [tokens.current, ...(tokens.before ? [tokens.before.hash] : [])]
}
