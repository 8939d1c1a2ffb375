import plugins from "../../plugins/index.ts"
import { buildCatalog } from "../catalog/build.ts"
import type { LoadedConfig } from "../config/load.ts"
import { formatProblem } from "../config/problem.ts"
import { noStrategy } from "../gateway/snapshot.ts"
import { createHost } from "../host/host.ts"
import type { CliIo } from "./io.ts"
import { logFor } from "./log.ts"

/**
 * What is wrong with a configuration beyond its text: plugins that do not load or refuse their options, providers that cannot
 * be made. Loads the plugins as the gateway would and lets go of them again. Opens no database and no port.
 */
export const checkAssembly = async ({ config, file, place }: LoadedConfig, io: CliIo): Promise<readonly string[]> => {
  const log = logFor({ ...config, log: { level: "error", format: "json" } }, { ...io, error: () => {} })
  const host = createHost({ builtIns: plugins, log, fetch: io.fetch, clock: { now: io.now }, watch: false })
  const tell = (list: "providers" | "plugins", name: string, message: string) => {
    const position = place?.(list, name) ?? { line: 0, column: 0 }
    return formatProblem({ message, file: file ?? "without a configuration file", ...position, path: "" })
  }
  try {
    const { problems } = await host.start(config.plugins)
    const { problems: unmade } = buildCatalog(config, host.roster().providers, io.env)
    const { strategy } = config
    const unknown = strategy !== undefined && !host.roster().strategies.has(strategy) ? [noStrategy(strategy)] : []
    return [
      ...problems.map(({ plugin, message }) =>
        tell("plugins", plugin, plugin === "" ? message : `plugin "${plugin}": ${message}`),
      ),
      ...unmade.map(({ provider, message }) => tell("providers", provider, `provider "${provider}": ${message}`)),
      ...unknown.map((message) => formatProblem({ message, file: file ?? "", line: 0, column: 0, path: "strategy" })),
    ]
  } finally {
    await host.close()
  }
}
