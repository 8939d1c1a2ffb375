import { isObject, type Json, type JsonObject } from "../contract/json.ts"
import type { CreateGateway } from "../gateway/types.ts"
import type { AdminClient } from "./admin-client.ts"
import type { Arguments } from "./arguments.ts"
import { loadFor } from "./configuration.ts"
import { type CliIo, CommandFailure, exitCode, UsageError } from "./io.ts"
import { modelTable, refreshLines } from "./model-table.ts"
import { withOwnGateway } from "./own-gateway.ts"
import { type Reach, reach } from "./reach.ts"

/** What was learned from a gateway. */
export interface Answer {
  readonly models: readonly JsonObject[]
  /** One line a document; empty where nothing was asked for. */
  readonly refreshed: readonly JsonObject[]
}

const rowsOf = (answer: Json): readonly JsonObject[] => {
  if (!isObject(answer) || !Array.isArray(answer.data)) throw new CommandFailure("the gateway gave no list")
  return answer.data.filter(isObject)
}

/** Models first, then the names that lead to models: aliases, policies. Those have no provider of their own. */
const ask = async (client: AdminClient, args: Arguments): Promise<Answer> => {
  const provider = args.text("provider")
  const body = args.flag("force") ? { force: true } : {}
  const refreshed = args.flag("refresh") ? rowsOf(await client.ask("POST", "/admin/catalog/refresh", body)) : []
  if (provider !== undefined) {
    const own = await client.ask("GET", `/admin/models?provider=${encodeURIComponent(provider)}`)
    return { refreshed, models: rowsOf(own) }
  }
  const models = rowsOf(await client.ask("GET", "/admin/models"))
  const known = new Set(models.map(({ id }) => id))
  const all = rowsOf(await client.ask("GET", "/api/v1/models?output_modalities=all&limit=1000"))
  return { refreshed, models: [...models, ...all.filter(({ id }) => !known.has(id))] }
}

const checkFlags = (args: Arguments): void => {
  if (args.flag("offline") && args.flag("refresh"))
    throw new UsageError("--offline and --refresh contradict each other")
  if (args.flag("offline") && args.text("url") !== undefined)
    throw new UsageError("--offline and --url contradict each other")
  if (args.flag("force") && !args.flag("refresh")) throw new UsageError("--force goes with --refresh")
}

const find = async (args: Arguments, io: CliIo): Promise<Reach> =>
  args.flag("offline") ? { kind: "directory", config: (await loadFor(args, io)).config } : reach(args, io)

/** Prints what can be asked for: of the running gateway, or of one that is started for this question. */
export const listModels = async (args: Arguments, io: CliIo, createGateway: () => Promise<CreateGateway>) => {
  checkFlags(args)
  const found = await find(args, io)
  const question = (client: AdminClient) => ask(client, args)
  const { models, refreshed } =
    found.kind === "gateway"
      ? await question(found.client)
      : await withOwnGateway({ args, io, create: await createGateway() }, question)
  io.error(refreshLines(refreshed))
  if (args.flag("json")) io.out(`${JSON.stringify({ data: models, ...(args.flag("refresh") ? { refreshed } : {}) })}\n`)
  else if (models.length === 0) io.out("No model is listed. Providers without a list take any name: PROVIDER/MODEL\n")
  else io.out(modelTable(models, args.text("provider"), io.now()))
  return refreshed.some(({ outcome }) => outcome === "failed") ? exitCode.failed : exitCode.fine
}

export const modelsCommand = (args: Arguments, io: CliIo): Promise<number> =>
  listModels(args, io, async () => (await import("../gateway.ts")).createGateway)
