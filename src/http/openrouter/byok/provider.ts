import { meantBy } from "../../../catalog/meant.ts"
import { GatewayError } from "../../../contract/index.ts"
import type { Snapshot } from "../../../pipeline/services.ts"

/** The id of the one provider that a slug means. */
export function providerFor({ catalog }: Snapshot, slug: string): string {
  const [found, ...others] = meantBy(catalog.providers, slug)
  if (found && others.length === 0) return found.id
  const ids = (found ? [found, ...others] : [...catalog.providers.values()]).map(({ id }) => id).join(", ")
  const called = `"${slug.slice(0, 100)}"`
  const message = found
    ? `Several providers are called ${called}: ${ids}. Say which by its id.`
    : `There is no provider ${called} here. Providers: ${ids}.`
  throw new GatewayError("invalid_request", message, { param: "provider" })
}
