import type { Located } from "./document.ts"

const valueAt = (node: Located | undefined, key: string): Located | undefined =>
  node?.kind === "map" ? node.entries.find((entry) => entry.key === key)?.value : undefined

/** Lists whose entries go by a name, and the setting that holds it. */
const namedLists = {
  providers: { path: ["providers"], name: "id" },
  plugins: { path: ["plugins", "use"], name: "name" },
}

/** Offset of the entry with this name, to tell mistakes that only show when plugins are loaded. */
export const entryPlace = (root: Located, list: keyof typeof namedLists, name: string): number | undefined => {
  const { path, name: key } = namedLists[list]
  const found = path.reduce<Located | undefined>(valueAt, root)
  if (found?.kind !== "list") return undefined
  return found.items.find((item) => {
    const value = valueAt(item, key)
    return value?.kind === "scalar" && value.value === name
  })?.at
}
