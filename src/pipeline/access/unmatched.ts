import type { Catalog } from "../../catalog/catalog.ts"
import { Patterns } from "./patterns.ts"

/**
 * Patterns that none of the known models goes by, and no alias or policy; for whoever writes a list, since a slip in it lets nothing in.
 * What a provider that takes any name may have is not known, so its whole name space is left alone.
 */
export function unmatched(catalog: Catalog, patterns: readonly string[]): readonly string[] {
  const { aliases, policies, providers } = catalog
  const isDeclared = (name: string) => Object.hasOwn(aliases, name) || Object.hasOwn(policies, name)
  const isOpen = (pattern: string) => providers.get(/^([^/:*]+)[/:]/.exec(pattern)?.[1] ?? "")?.open === true
  let left = patterns.filter((pattern) => !isDeclared(pattern) && !isOpen(pattern))
  let read = new Patterns(left)
  for (const [, offers] of left.length === 0 ? [] : catalog.groups())
    for (const offer of offers)
      for (let place = read.lastOf(offer); place >= 0; place = read.lastOf(offer)) {
        left = left.toSpliced(place, 1)
        read = new Patterns(left)
      }
  return left
}
