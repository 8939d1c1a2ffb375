import { randomBytes } from "node:crypto"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Config } from "../config/config.ts"
import type { CreateGateway } from "../gateway/types.ts"
import { type AdminClient, adminClient } from "./admin-client.ts"
import type { Arguments } from "./arguments.ts"
import { loadFor } from "./configuration.ts"
import { type CliIo, CommandFailure } from "./io.ts"
import { acquireLock, heldMessage } from "./lock.ts"
import { logFor } from "./log.ts"
import { readDocuments, writeDocuments } from "./stored-documents.ts"
import { version } from "./version.ts"

export interface OwnGateway {
  readonly args: Arguments
  readonly io: CliIo
  readonly create: CreateGateway
}

/**
 * Runs a gateway for one question, with a throw-away data directory and management key: no key is minted that nobody sees. It is given what
 * the real directory keeps of facts of models; with `--refresh` what it fetched goes there, and the directory is locked meanwhile.
 */
export const withOwnGateway = async <T>(
  { args, io, create }: OwnGateway,
  question: (client: AdminClient) => Promise<T>,
): Promise<T> => {
  const { config, file } = await loadFor(args, io)
  const refresh = args.flag("refresh")
  if (refresh && config.catalog.airGapped)
    throw new CommandFailure(
      "nothing is fetched, because catalog.air_gapped is on; without --refresh the models are listed by what is built in and what was kept",
    )
  const taken = refresh ? acquireLock(config.dataDir, { role: "models command" }) : undefined
  if (taken && !taken.ok) throw new CommandFailure(heldMessage(config.dataDir, taken.holder, taken.foreign))
  const dataDir = await mkdtemp(join(tmpdir(), "signalbox-models-"))
  const adminKey = randomBytes(32).toString("hex")
  const own: Config = {
    ...config,
    dataDir,
    adminKey,
    store: {},
    server: { ...config.server, host: "127.0.0.1", port: 0, listeners: [] },
    catalog: { ...config.catalog, airGapped: config.catalog.airGapped || !refresh },
    log: { level: "error" },
  }
  const log = logFor(own, io)
  const load = async () => ({ config: own, warnings: [], files: [] })
  const configFile = file === undefined ? {} : { configFile: file }
  try {
    const kept = await readDocuments(config)
    if (kept.length > 0) await writeDocuments(own, io, kept)
    const gateway = await create({ config: own, ...configFile, env: io.env, log, version, load })
    let answer: T
    try {
      const { url } = await gateway.listen()
      answer = await question(adminClient(url, adminKey, io.fetch))
    } finally {
      await gateway.stop(0)
    }
    if (refresh) {
      const known = new Map(kept.map(({ name, checkedAt }) => [name, checkedAt]))
      const fresh = (await readDocuments(own)).filter(({ name, checkedAt }) => known.get(name) !== checkedAt)
      if (fresh.length > 0) await writeDocuments(config, io, fresh)
    }
    return answer
  } finally {
    log.flush()
    await rm(dataDir, { recursive: true, force: true })
    taken?.lock.release()
  }
}
