import type { LiveProvider } from "./provider.ts"

/**
 * The configured providers that a slug means: the one of that id, else those of that kind or name. A credential goes only where that is
 * one, since it must not come to an address that somebody merely called alike.
 */
export function meantBy(providers: ReadonlyMap<string, LiveProvider>, slug: string): readonly LiveProvider[] {
  const wanted = slug.trim().toLowerCase()
  const exact = providers.get(slug.trim()) ?? providers.get(wanted)
  if (exact) return [exact]
  return [...providers.values()].filter(({ definition, name }) => definition === wanted || hyphened(name) === wanted)
}

/** `Google AI Studio` as slugs are written. */
const hyphened = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]+/g, "-")
