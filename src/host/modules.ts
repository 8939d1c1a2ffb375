import * as contract from "../contract/index.ts"
import * as dialects from "../dialects/index.ts"

/** What the specifiers of the plugin contract give to a plugin that lives outside this repository. */
const modules: Readonly<Record<string, object>> = {
  "signalbox/plugin": contract,
  "signalbox/dialects": dialects,
}

let registered = false

/**
 * Makes `signalbox/plugin` and `signalbox/dialects` importable from any folder, in the executable and from source. A plugin gets
 * the host's own classes, so `instanceof` and schema kinds hold. Must run before the first outside import; later calls do nothing.
 */
export function registerModules(): void {
  if (registered) return
  registered = true
  Bun.plugin({
    name: "signalbox",
    setup(build) {
      for (const [specifier, exports] of Object.entries(modules)) {
        build.module(specifier, () => ({ exports: { ...exports }, loader: "object" }))
      }
    },
  })
}

const looksLikeDialect = (value: unknown): value is contract.Dialect =>
  contract.isObject(value) && typeof value.encodeRequest === "function" && typeof value.decodeStream === "function"

/** The wire formats of the house. They are the host's own code and need no guard around their hot functions. */
export const hostDialects: ReadonlySet<contract.Dialect> = new Set(
  Object.values(dialects as Readonly<Record<string, unknown>>).filter(looksLikeDialect),
)
