import type { KeyManager } from "../accounts/key-rules.ts"
import { type KeyRoom, makeKey } from "../accounts/managed-keys.ts"
import { openAccounts } from "../accounts/open-accounts.ts"
import type { Principal } from "../accounts/principal.ts"
import type { Config } from "../config/config.ts"
import { GatewayError, type JsonObject, type Logger } from "../contract/index.ts"
import { newKeyOf } from "../http/admin/keys/body.ts"
import { detailsRow } from "../http/admin/keys/details.ts"
import { routingRow } from "../http/admin/keys/routing.ts"
import { usd } from "../ledger/money.ts"
import type { Store } from "../store/open-store.ts"
import { type CliIo, CommandFailure } from "./io.ts"
import type { DetailsLine, KeyDesk, KeyLine, NewKey } from "./key-desk.ts"
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
  ...(detailsRow(key) as DetailsLine),
})

const randomBytes = (count: number): Uint8Array => crypto.getRandomValues(new Uint8Array(count))

const openRoom = async (store: Store, config: Config, clock: { now(): number }, log: Logger): Promise<KeyRoom> => {
  const { keys, directory } = await openAccounts(store, { clock, log, randomBytes, config: () => config })
  await keys.declare(config.keys, config.adminKey)
  return { keys, directory, now: clock.now }
}

/** Whoever can open the database may do everything. */
const operator: KeyManager = { role: "owner", reach: "all", actor: { name: "signalbox keys" } }

/** Refusals in the words of a running gateway. */
const inWords = async <T>(work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
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
    const room = await openRoom(store, config, clock, log).catch(async (thrown: unknown) => {
      await store.close()
      throw thrown
    })
    const { keys } = room
    return {
      create: (key: NewKey) =>
        inWords(async () => {
          if (keys.list().some(({ name }) => name === key.name))
            throw new CommandFailure(`there is a key ${key.name} already; choose another name`)
          const { token, principal } = await makeKey(
            room,
            operator,
            newKeyOf(room.directory, key as unknown as JsonObject),
          )
          return { token, key: keyLine(principal) }
        }),
      list: async () => keys.list().map(keyLine),
      disable: async (id) => keyLine(await keys.update(id, { disabled: true }, operator.actor)),
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
