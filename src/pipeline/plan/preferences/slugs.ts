import type { LiveOffer } from "../../services.ts"

/**
 * Whether a provider slug (lower case) means this offer: the configured provider, its kind, its name for people; or one variant of it,
 * by its region, the way its weights are stored or the upstream's own name of the model: `google-vertex/us-east5`, `deepinfra/fp8`.
 */
export function isCalled(slug: string, offer: LiveOffer): boolean {
  if (isProvider(slug, offer)) return true
  const slash = slug.indexOf("/")
  if (slash < 0 || !isProvider(slug.slice(0, slash), offer)) return false
  const variant = slug.slice(slash + 1)
  return (
    variant === offer.region?.toLowerCase() ||
    variant === offer.quantization?.toLowerCase() ||
    variant === offer.upstream.toLowerCase()
  )
}

const isProvider = (slug: string, { provider, live }: LiveOffer): boolean =>
  slug === provider || slug === live.definition || slug === live.name.toLowerCase()

/** Place of the first slug that means this offer; the length of the list where none does. */
export function rankIn(slugs: readonly string[], offer: LiveOffer): number {
  const found = slugs.findIndex((slug) => isCalled(slug, offer))
  return found < 0 ? slugs.length : found
}
