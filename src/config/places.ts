import type { CheckContext } from "./check-value.ts"
import type { Path } from "./document.ts"
import { pathText } from "./problem.ts"

/** Where the value under a key was written; the whole map's place when the key is not there. */
export const placeOf = (context: CheckContext, container: object, key?: string): number => {
  const node = context.origins.get(container)
  if (node === undefined) return 0
  if (node.kind !== "map") return node.at
  return node.entries.find((entry) => entry.key === key)?.value.at ?? node.at
}

/** Whether a key was written at all, also with a value that was refused. */
export const isWritten = (context: CheckContext, container: object, key: string): boolean => {
  const node = context.origins.get(container)
  return node?.kind === "map" && node.entries.some((entry) => entry.key === key)
}

/** Reports every item whose name an earlier item has. */
export const refuseTwice = <T extends object>(
  context: CheckContext,
  items: readonly T[],
  field: string,
  nameOf: (item: T) => string,
  path: Path,
) => {
  const seen = new Set<string>()
  for (const item of items) {
    const name = nameOf(item)
    if (seen.has(name))
      context.report(placeOf(context, item, field), path, `${pathText(path)}: two entries have the ${field} ${name}`)
    seen.add(name)
  }
}
