import type { Config } from "../config/config.ts"
import type { LoadedConfig } from "../config/load.ts"
import { ConfigError } from "../config/problem.ts"
import { type AdminClient, adminClient } from "./admin-client.ts"
import type { Arguments } from "./arguments.ts"
import { loadFor } from "./configuration.ts"
import { type CliIo, CommandFailure } from "./io.ts"
import { findHolder } from "./lock.ts"

/** What a managing command works with: a gateway that runs, or a data directory that nobody uses. */
export type Reach =
  | { readonly kind: "gateway"; readonly url: string; readonly client: AdminClient }
  | { readonly kind: "directory"; readonly config: Config }

const adminKeyFor = (args: Arguments, io: CliIo, config: Config | undefined): string | undefined =>
  args.text("admin-key") ?? (io.env.SIGNALBOX_ADMIN_KEY || undefined) ?? config?.adminKey

/** With `--url` the configuration is only wanted for its management key, and may be missing or wrong. */
const loadIfPossible = async (args: Arguments, io: CliIo): Promise<LoadedConfig | undefined> => {
  try {
    return await loadFor(args, io)
  } catch (thrown) {
    if (thrown instanceof ConfigError) return undefined
    throw thrown
  }
}

/** Finds the gateway that `--url` names or that uses the data directory; otherwise the directory itself. */
export const reach = async (args: Arguments, io: CliIo): Promise<Reach> => {
  const named = args.text("url")
  if (named !== undefined) {
    if (!/^https?:\/\//.test(named)) throw new CommandFailure("--url must begin with http:// or https://")
    const key = adminKeyFor(args, io, (await loadIfPossible(args, io))?.config)
    return { kind: "gateway", url: named, client: adminClient(named, key, io.fetch) }
  }
  const { config } = await loadFor(args, io)
  const holder = findHolder(config.dataDir)
  if (!holder) return { kind: "directory", config }
  if (holder.url === undefined)
    throw new CommandFailure(
      `the data directory ${config.dataDir} is in use by a ${holder.role} with process id ${holder.pid}; try again when it has ended or listens`,
    )
  return { kind: "gateway", url: holder.url, client: adminClient(holder.url, adminKeyFor(args, io, config), io.fetch) }
}
