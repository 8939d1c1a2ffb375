import { type Before, catalogSteps } from "../catalog/build.ts"
import type { Catalog } from "../catalog/catalog.ts"
import { atOnce, type Steps } from "../catalog/steps.ts"
import type { Config } from "../config/config.ts"
import { suggest } from "../config/suggest.ts"
import type { KnownModels } from "../contract/index.ts"
import { type Declared, nothingDeclared } from "../declarations/declared.ts"
import type { Roster } from "../host/roster.ts"
import type { Snapshot } from "../pipeline/services.ts"
import { preferenceProblems } from "./problems/preferences.ts"
import { presetProblems } from "./problems/presets.ts"

/** Requesty's documented default, which its clients rely on. */
const usualDefaultModel = "openai/gpt-4o-mini"
const tryOutModel = "mock/echo"

/** A configuration with a roster, ready to serve; and what of it could not be made. */
export interface Built {
  readonly snapshot: Snapshot
  readonly problems: readonly string[]
}

export const buildSnapshot = (...given: Parameters<typeof snapshotSteps>): Built => atOnce(snapshotSteps(...given))

/** `before`: what there was, of which all that is the same stays. */
export function* snapshotSteps(
  config: Config,
  roster: Roster,
  env: Readonly<Record<string, string | undefined>>,
  version: number,
  declared: Declared = nothingDeclared,
  known?: KnownModels,
  before?: Before,
): Steps<Built> {
  const built = catalogSteps(withDeclared(config, declared), roster.providers, env, known, before)
  const { catalog, problems } = yield* built
  // Names are about to be looked up.
  if (config.defaultModel === undefined) yield* catalog.prepare()
  const { strategy } = config
  return {
    snapshot: { version, config, declared, catalog, roster, defaultModel: defaultModel(config, catalog) },
    problems: [
      ...problems.map(({ provider, message }) => `provider "${provider}": ${message}`),
      ...(strategy === undefined || roster.strategies.has(strategy)
        ? []
        : [noStrategy(strategy, roster.strategies.keys())]),
      ...[...preferenceProblems(config), ...presetProblems(config)].map(({ message }) => message),
    ],
  }
}

/** What the file declares goes before what the API declared under the same name. */
const withDeclared = (config: Config, { policies, aliases }: Declared): Config => ({
  ...config,
  policies: { ...policies, ...config.policies },
  aliases: { ...aliases, ...config.aliases },
})

/** Without it the configured order would hold, and nobody would know why. */
export const noStrategy = (name: string, known: Iterable<string>): string => {
  const meant = suggest(name, known)
  return `strategy: no plugin has a strategy "${name}"${meant === undefined ? "" : `; did you mean ${meant}?`}`
}

function defaultModel(config: Config, catalog: Catalog): string {
  if (config.defaultModel !== undefined) return config.defaultModel
  const usable = [usualDefaultModel, tryOutModel].find((name) => catalog.find(name).length > 0)
  return usable ?? catalog.offers[0]?.model ?? usualDefaultModel
}
