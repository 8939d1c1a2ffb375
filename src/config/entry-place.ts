import type { Located } from "./document.ts"

const valueAt = (node: Located | undefined, key: string): Located | undefined =>
  node?.kind === "map" ? node.entries.find((entry) => entry.key === key)?.value : undefined

/** Lists whose entries go by a name, and the setting that holds it. */
const namedLists = {
  keys: { path: ["keys"], name: "name" },
  providers: { path: ["providers"], name: "id" },
  plugins: { path: ["plugins", "use"], name: "name" },
}

/** Maps by a name of the user's own. */
const maps = ["aliases", "policies", "presets"] as const
/** Settings that there is one of. */
const settings = ["strategy", "default_model", "routing", "server", "approved_models"] as const

/** Where something stands that only plugins, or the rooms above, can say is wrong. */
export type NamedIn = keyof typeof namedLists | (typeof maps)[number] | (typeof settings)[number]

const isOneOf = <T extends string>(names: readonly T[], name: string): name is T =>
  (names as readonly string[]).includes(name)

/** Offset of the entry with this name; a setting needs none. */
export const entryPlace = (root: Located, list: NamedIn, name: string): number | undefined => {
  if (isOneOf(settings, list)) return valueAt(root, list)?.at
  if (isOneOf(maps, list)) return valueAt(valueAt(root, list), name)?.at
  const { path, name: key } = namedLists[list]
  const found = path.reduce<Located | undefined>(valueAt, root)
  if (found?.kind !== "list") return undefined
  return found.items.find((item) => {
    const value = valueAt(item, key)
    return value?.kind === "scalar" && value.value === name
  })?.at
}
