import type { Keys } from "../accounts/keys.ts"
import { openAccounts } from "../accounts/open-accounts.ts"
import type { Principal } from "../accounts/principal.ts"
import type { Config, KeyRouting } from "../config/config.ts"
import { parseTimestamp } from "../config/timestamp.ts"
import { GatewayError, type JsonObject, type Logger } from "../contract/index.ts"
import { readFields } from "../http/admin/fields.ts"
import { routingFields, routingRow, takeRouting } from "../http/admin/key-routing.ts"
import { nanoOfUsd, usd } from "../ledger/money.ts"
import type { Store } from "../store/open-store.ts"
import { type CliIo, CommandFailure } from "./io.ts"
import type { KeyDesk, KeyLine, NewKey } from "./key-desk.ts"
import { openLocalStore } from "./local-store.ts"
import { acquireLock, heldMessage } from "./lock.ts"
import { logFor } from "./log.ts"

const keyLine = (key: Principal): KeyLine => ({
  id: key.keyId,
  name: key.name,
  label: key.label,
  kind: key.kind,
  disabled: key.disabled,
  limit: key.limitNano === undefined ? null : usd(key.limitNano),
  limit_reset: key.limitReset,
  strict: key.strict,
  expires_at: key.expiresAtMs === undefined ? null : new Date(key.expiresAtMs).toISOString(),
  created_at: new Date(key.createdAtMs).toISOString(),
  source: key.source,
  ...routingRow(key.routing),
})

const randomBytes = (count: number): Uint8Array => crypto.getRandomValues(new Uint8Array(count))

const openKeys = async (store: Store, config: Config, clock: { now(): number }, log: Logger): Promise<Keys> => {
  const { keys } = await openAccounts(store, { clock, log, randomBytes, config: () => config })
  await keys.declare(config.keys, config.adminKey)
  return keys
}

/** Checked as the running gateway would. */
const newRouting = (key: NewKey): { readonly routing?: KeyRouting } => {
  const said = Object.fromEntries(Object.entries(key).filter(([name]) => Object.hasOwn(routingFields, name)))
  try {
    const { routing } = takeRouting(readFields(said as JsonObject, routingFields), undefined)
    return routing ? { routing } : {}
  } catch (thrown) {
    throw GatewayError.is(thrown) ? new CommandFailure(thrown.message) : thrown
  }
}

/** Keys in the database of a data directory that no gateway uses; it is locked until `close`. */
export const localKeyDesk = async (config: Config, io: CliIo): Promise<KeyDesk> => {
  const taken = acquireLock(config.dataDir, { role: "keys command" })
  if (!taken.ok) throw new CommandFailure(heldMessage(config.dataDir, taken.holder, taken.foreign))
  const clock = { now: io.now }
  const log = logFor({ ...config, log: { ...config.log, level: "warn" } }, io)
  try {
    const store = await openLocalStore(config, io)
    const keys = await openKeys(store, config, clock, log).catch(async (thrown: unknown) => {
      await store.close()
      throw thrown
    })
    return {
      async create(key: NewKey) {
        const expiresAtMs = key.expires_at === undefined ? undefined : parseTimestamp(key.expires_at)
        if (keys.list().some(({ name }) => name === key.name))
          throw new CommandFailure(`there is a key ${key.name} already; choose another name`)
        const { token, principal } = await keys.create({
          name: key.name,
          kind: "inference",
          limitReset: key.limit_reset ?? "never",
          strict: key.strict ?? false,
          ...(key.limit === undefined ? {} : { limitNano: nanoOfUsd(key.limit) }),
          ...(expiresAtMs === undefined ? {} : { expiresAtMs }),
          ...newRouting(key),
        })
        return { token, key: keyLine(principal) }
      },
      list: async () => keys.list().map(keyLine),
      disable: async (id) => keyLine(await keys.update(id, { disabled: true })),
      async close() {
        await store.close()
        taken.lock.release()
        log.flush()
      },
    }
  } catch (thrown) {
    taken.lock.release()
    throw thrown
  }
}
