import plugins from "../../plugins/index.ts"
import { buildCatalog } from "../catalog/build.ts"
import type { Catalog } from "../catalog/catalog.ts"
import type { NamedIn } from "../config/entry-place.ts"
import type { LoadedConfig } from "../config/load.ts"
import { formatProblem } from "../config/problem.ts"
import { messageOf } from "../contract/errors.ts"
import { noStrategy } from "../gateway/snapshot.ts"
import { createHost } from "../host/host.ts"
import type { CliIo } from "./io.ts"
import { logFor } from "./log.ts"

/** Lines for people. A warning is allowed: a provider may come later, with a plugin or an environment variable. */
export interface Assembly {
  readonly problems: readonly string[]
  readonly warnings: readonly string[]
}

/**
 * What is wrong with a configuration beyond its text: plugins that do not load or refuse their options, providers that cannot
 * be made, names of models that nobody offers. Loads the plugins as the gateway would and lets go of them again. Opens no database
 * and no port.
 */
export const checkAssembly = async ({ config, file, place }: LoadedConfig, io: CliIo): Promise<Assembly> => {
  const log = logFor({ ...config, log: { level: "error", format: "json" } }, { ...io, error: () => {} })
  const host = createHost({ builtIns: plugins, log, fetch: io.fetch, clock: { now: io.now }, watch: false })
  const tell = (list: NamedIn, name: string, message: string) => {
    const position = place?.(list, name) ?? { line: 0, column: 0 }
    return formatProblem({ message, file: file ?? "without a configuration file", ...position, path: "" })
  }
  try {
    const { problems } = await host.start(config.plugins)
    const { catalog, problems: unmade } = buildCatalog(config, host.roster().providers, io.env)
    const { strategy, defaultModel } = config
    const { strategies } = host.roster()
    const unknown = strategy !== undefined && !strategies.has(strategy) ? [noStrategy(strategy, strategies.keys())] : []
    const unasked = (list: NamedIn, name: string, model: string): readonly string[] => {
      const refusal = refusalOf(catalog, model)
      return refusal === undefined ? [] : [tell(list, name, refusal)]
    }
    return {
      problems: [
        ...problems.map(({ plugin, message }) =>
          tell("plugins", plugin, plugin === "" ? message : `plugin "${plugin}": ${message}`),
        ),
        ...unmade.map(({ provider, message }) => tell("providers", provider, `provider "${provider}": ${message}`)),
        ...unknown.map((message) => tell("strategy", "", message)),
      ],
      warnings: [
        ...(defaultModel === undefined ? [] : unasked("default_model", "", defaultModel)),
        ...Object.entries(config.aliases).flatMap(([name, model]) => unasked("aliases", name, model)),
        ...Object.keys(config.policies).flatMap((name) => unasked("policies", name, name)),
      ],
    }
  } finally {
    await host.close()
  }
}

/** Why a request for this name would be refused; undefined = it would not. */
const refusalOf = (catalog: Catalog, name: string): string | undefined => {
  try {
    catalog.resolve(name)
    return undefined
  } catch (thrown) {
    return messageOf(thrown)
  }
}
