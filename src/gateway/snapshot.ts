import { buildCatalog } from "../catalog/build.ts"
import type { Catalog } from "../catalog/catalog.ts"
import type { ProviderProblem } from "../catalog/provider.ts"
import type { Config } from "../config/config.ts"
import type { Roster } from "../host/roster.ts"
import type { Snapshot } from "../pipeline/services.ts"

/** Requesty's documented default, which its clients rely on. */
const usualDefaultModel = "openai/gpt-4o-mini"
const tryOutModel = "mock/echo"

/** A configuration with a roster, ready to serve; and what of it could not be made. */
export interface Built {
  readonly snapshot: Snapshot
  readonly problems: readonly ProviderProblem[]
}

export function buildSnapshot(
  config: Config,
  roster: Roster,
  env: Readonly<Record<string, string | undefined>>,
  version: number,
): Built {
  const { catalog, problems } = buildCatalog(config, roster.providers, env)
  return { snapshot: { version, config, catalog, roster, defaultModel: defaultModel(config, catalog) }, problems }
}

function defaultModel(config: Config, catalog: Catalog): string {
  if (config.defaultModel !== undefined) return config.defaultModel
  const usable = [usualDefaultModel, tryOutModel].find((name) => catalog.find(name).length > 0)
  return usable ?? catalog.offers[0]?.model ?? usualDefaultModel
}
