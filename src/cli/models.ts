import { randomBytes } from "node:crypto"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Config } from "../config/config.ts"
import { isObject, type Json, type JsonObject } from "../contract/json.ts"
import type { CreateGateway } from "../gateway/types.ts"
import { type AdminClient, adminClient } from "./admin-client.ts"
import type { Arguments } from "./arguments.ts"
import { loadFor } from "./configuration.ts"
import { type CliIo, CommandFailure, exitCode } from "./io.ts"
import { logFor } from "./log.ts"
import { reach } from "./reach.ts"
import { table } from "./table.ts"
import { version } from "./version.ts"

/** `0.00000005` USD per token → `0.05` per million; the list's prices are text so that no digit is lost. */
const perMillion = (price: Json | undefined): string => {
  const value = typeof price === "string" || typeof price === "number" ? Number(price) : Number.NaN
  if (Number.isNaN(value)) return "-"
  return value < 0 ? "varies" : String(Number((value * 1e6).toPrecision(12)))
}

const describe = (model: JsonObject): string[] => {
  const pricing = isObject(model.pricing) ? model.pricing : {}
  const context = typeof model.context_length === "number" && model.context_length > 0 ? model.context_length : "-"
  return [String(model.id), String(context), perMillion(pricing.prompt), perMillion(pricing.completion)]
}

const ask = async (client: AdminClient): Promise<readonly JsonObject[]> => {
  const answer = await client.ask("GET", "/api/v1/models")
  if (!isObject(answer) || !Array.isArray(answer.data)) throw new CommandFailure("the gateway gave no list of models")
  return answer.data.filter(isObject)
}

/**
 * Runs a gateway for one question, with a throw-away data directory and management key: the real directory is neither made
 * nor changed, and no key is minted that nobody sees.
 */
const askOwn = async (args: Arguments, io: CliIo, createGateway: CreateGateway): Promise<readonly JsonObject[]> => {
  const { config, file } = await loadFor(args, io)
  const dataDir = await mkdtemp(join(tmpdir(), "signalbox-models-"))
  const adminKey = randomBytes(32).toString("hex")
  const own: Config = {
    ...config,
    dataDir,
    adminKey,
    store: {},
    server: { ...config.server, host: "127.0.0.1", port: 0 },
    log: { level: "error" },
  }
  const log = logFor(own, io)
  const load = async () => ({ config: own, warnings: [], files: [] })
  const configFile = file === undefined ? {} : { configFile: file }
  try {
    const gateway = await createGateway({ config: own, ...configFile, env: io.env, log, version, load })
    try {
      const { url } = await gateway.listen()
      return await ask(adminClient(url, adminKey, io.fetch))
    } finally {
      await gateway.stop(0)
    }
  } finally {
    log.flush()
    await rm(dataDir, { recursive: true, force: true })
  }
}

/** Prints what `/api/v1/models` lists: of the running gateway, or of one that is started for this question. */
export const listModels = async (args: Arguments, io: CliIo, createGateway: () => Promise<CreateGateway>) => {
  const found = await reach(args, io)
  if (found.kind === "gateway" && args.flag("refresh")) await found.client.ask("POST", "/admin/reload")
  const models = found.kind === "gateway" ? await ask(found.client) : await askOwn(args, io, await createGateway())
  if (args.flag("json")) io.out(`${JSON.stringify({ data: models })}\n`)
  else if (models.length === 0) io.out("No model is listed. Providers without a list take any name: PROVIDER/MODEL\n")
  else io.out(table([["MODEL", "CONTEXT", "USD/M IN", "USD/M OUT"], ...models.map(describe)]))
  return exitCode.fine
}

export const modelsCommand = (args: Arguments, io: CliIo): Promise<number> =>
  listModels(args, io, async () => (await import("../gateway.ts")).createGateway)
