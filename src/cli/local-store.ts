import { randomBytes } from "node:crypto"
import type { Config } from "../config/config.ts"
import { openStore, type Store } from "../store/open-store.ts"
import type { CliIo } from "./io.ts"
import { logFor } from "./log.ts"

/** The database of a data directory that nobody else uses, where every write is waited for. */
export const openLocalStore = (config: Config, io: CliIo): Promise<Store> =>
  openStore({
    dataDir: config.dataDir,
    ...config.store,
    flushMs: config.ledger.flushMs,
    queueRows: config.ledger.queueRows,
    durability: "strict",
    log: logFor({ ...config, log: { ...config.log, level: "warn" } }, io),
    clock: { now: io.now },
    newId: () => randomBytes(16).toString("hex"),
  })
