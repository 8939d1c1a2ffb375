import { geolocation } from "../../catalog/regions.ts"
import type { Config } from "../../config/config.ts"
import type { PlacedProblem } from "./preferences.ts"

/**
 * Regions of the file that nothing is in: neither a place that is known nor what a provider of the file calls its own. A slip in one would
 * leave every model out.
 */
export function regionProblems(config: Config): readonly PlacedProblem[] {
  const { server, approvedModels, providers } = config
  const own = new Set(providers.flatMap(({ region }) => region?.toLowerCase() ?? []))
  const problem = (list: PlacedProblem["list"], path: string, region: string): readonly PlacedProblem[] =>
    own.has(region.toLowerCase()) || geolocation(region) !== "global"
      ? []
      : [{ list, name: "", message: `${path}: no region is known as "${region}", so nothing will be in it` }]
  return [
    ...server.listeners.flatMap(({ door }, index) =>
      door ? problem("server", `server.listeners[${index}].region`, door.region) : [],
    ),
    ...Object.entries(server.hosts).flatMap(([name, { region }]) =>
      problem("server", `server.hosts: "${name}": region`, region),
    ),
    ...(approvedModels?.rules ?? []).flatMap(({ regions = [] }, index) =>
      regions.flatMap((region) => problem("approved_models", `approved_models.rules[${index}].regions`, region)),
    ),
  ]
}
