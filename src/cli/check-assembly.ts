import plugins from "../../plugins/index.ts"
import { buildCatalog } from "../catalog/build.ts"
import type { NamedIn } from "../config/entry-place.ts"
import type { LoadedConfig } from "../config/load.ts"
import { formatProblem } from "../config/problem.ts"
import { nothingDeclared } from "../declarations/declared.ts"
import { openFacts } from "../gateway/facts.ts"
import { type PlacedProblem, preferenceProblems } from "../gateway/problems/preferences.ts"
import { presetProblems } from "../gateway/problems/presets.ts"
import { regionProblems } from "../gateway/problems/regions.ts"
import { noStrategy } from "../gateway/snapshot.ts"
import { createHost } from "../host/host.ts"
import { createPrices } from "../ledger/prices.ts"
import { unmatched } from "../pipeline/access/unmatched.ts"
import { dangling } from "../pipeline/plan/targets/reachable.ts"
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
  const placed = ({ list, name, message }: PlacedProblem) => tell(list, name, message)
  try {
    const { problems } = await host.start(config.plugins)
    const clock = { now: io.now }
    const facts = openFacts({ prices: createPrices({ clock }), log, clock, kept: async () => [] })
    await facts.load()
    const { catalog, problems: unmade } = buildCatalog(config, host.roster().providers, io.env, facts)
    const { strategy, defaultModel } = config
    const { strategies } = host.roster()
    const unknown = strategy !== undefined && !strategies.has(strategy) ? [noStrategy(strategy, strategies.keys())] : []
    const unasked = (list: NamedIn, name: string, model: string): readonly string[] => {
      return dangling({ catalog, config, declared: nothingDeclared }, model).map((message) => tell(list, name, message))
    }
    const unlisted = (
      list: NamedIn,
      name: string,
      path: string,
      patterns: readonly string[] = [],
    ): readonly string[] => {
      // A name may lead to a model by more ways than a list has.
      const leadsNowhere = (pattern: string) =>
        pattern.includes("*") || dangling({ catalog, config, declared: nothingDeclared }, pattern).length > 0
      return unmatched(catalog, patterns)
        .filter(leadsNowhere)
        .map((pattern) => tell(list, name, `${path}: no known model goes by "${pattern}"`))
    }
    return {
      problems: [
        ...problems.map(({ plugin, message }) =>
          tell("plugins", plugin, plugin === "" ? message : `plugin "${plugin}": ${message}`),
        ),
        ...unmade.map(({ provider, message }) => tell("providers", provider, `provider "${provider}": ${message}`)),
        ...unknown.map((message) => tell("strategy", "", message)),
        ...[...preferenceProblems(config), ...presetProblems(config)].map(placed),
      ],
      warnings: [
        ...(defaultModel === undefined ? [] : unasked("default_model", "", defaultModel)),
        ...Object.entries(config.aliases).flatMap(([name, model]) => unasked("aliases", name, model)),
        ...Object.keys(config.policies).flatMap((name) => unasked("policies", name, name)),
        ...config.keys.flatMap(({ name, routing }) =>
          routing?.defaultModel === undefined ? [] : unasked("keys", name, routing.defaultModel),
        ),
        ...config.keys.flatMap(({ name, routing }, index) =>
          unlisted("keys", name, `keys[${index}].models`, routing?.models),
        ),
        ...unlisted("approved_models", "", "approved_models.models", config.approvedModels?.models),
        ...Object.entries(config.presets).flatMap(
          ([
            slug,
            {
              parameters: { model },
            },
          ]) => (typeof model === "string" ? unasked("presets", slug, model) : []),
        ),
        ...regionProblems(config).map(placed),
      ],
    }
  } finally {
    await host.close()
  }
}
