import { GatewayError } from "../../../contract/index.ts"
import type { Snapshot } from "../../../pipeline/services.ts"

/**
 * The one configured provider that a slug means: its id, else its kind or its name where only one has it. A credential must not go to an
 * address that somebody only called alike.
 */
export function providerFor({ catalog }: Snapshot, slug: string): string {
  const wanted = slug.trim().toLowerCase()
  const all = [...catalog.providers.values()]
  const found = all.find(({ id }) => id === wanted || id === slug.trim())
  if (found) return found.id
  const alike = all.filter(({ definition, name }) => definition === wanted || hyphened(name) === wanted)
  const [only] = alike
  if (only && alike.length === 1) return only.id
  const ids = (alike.length === 0 ? all : alike).map(({ id }) => id)
  throw new GatewayError(
    "invalid_request",
    alike.length === 0
      ? `There is no provider "${slug.slice(0, 100)}" here. Providers: ${ids.join(", ")}.`
      : `Several providers are called "${slug.slice(0, 100)}": ${ids.join(", ")}. Say which by its id.`,
    { param: "provider" },
  )
}

/** `Google AI Studio` as slugs are written. */
const hyphened = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]+/g, "-")
