import { stateProblem, unknownKey } from "../../accounts/key-problems.ts"
import type { Keys } from "../../accounts/key-types.ts"
import { createKeys } from "../../accounts/keys.ts"
import type { Principal } from "../../accounts/principal.ts"
import type { Config } from "../../config/config.ts"
import type { GatewayError } from "../../contract/index.ts"

/** The key of a recorded request under a configuration, or the refusal that it would get. */
export type Asker = (keyId: string, at: number) => Principal | GatewayError

export interface AskerParts {
  readonly config: Pick<Config, "keys" | "adminKey">
  /** Keys that the store has. */
  readonly stored: readonly Principal[]
  /** Of all keys that the store ever had. */
  readonly names: ReadonlyMap<string, string>
  readonly clock: { now(): number }
}

/**
 * By the hash of its token; a key of the file whose token is another one now by its name. Throws `conflict` for a file with two keys of
 * one token or name.
 */
export async function askersOf({ config, stored, names, clock }: AskerParts): Promise<Asker> {
  const keys: Keys = createKeys({
    stored,
    commit: async () => undefined,
    clock,
    randomBytes: () => {
      throw new Error("no key is made")
    },
  })
  await keys.declare(config.keys, config.adminKey)
  const ofFile = new Map(keys.list().flatMap((key) => (key.source === "file" ? [[key.name, key] as const] : [])))
  return (keyId, at) => {
    const key = keys.get(keyId) ?? ofFile.get(names.get(keyId) ?? "")
    if (!key) return unknownKey()
    return stateProblem(key, at) ?? key
  }
}
