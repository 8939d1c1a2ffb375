import { readdirSync, readFileSync } from "node:fs"
import { dirname, join, relative, resolve } from "node:path"

export const root = resolve(import.meta.dir, "../..")

/** Rows of the house, lowest first; see src/README.md. A file imports only from lower rows, or from its own room. */
export const rows: readonly (readonly string[])[] = [
  ["src/contract"],
  ["src/dialects"],
  ["src/store", "src/config", "src/telemetry", "src/egress", "src/expressions", "src/contract-suite"],
  [
    "src/host",
    "src/accounts",
    "src/catalog",
    "src/ledger",
    "src/conversations",
    "src/facts",
    "src/declarations",
    "src/bodies",
  ],
  ["src/pipeline"],
  ["src/http"],
  ["src/gateway", "src/gateway.ts"],
  ["src/cli", "src/main.ts", "src/build"],
]

export const textOf = (path: string): string => readFileSync(join(root, path), "utf8")

/** All TypeScript files below a folder, as paths from the project's root. */
export function* sources(folder: string): Generator<string> {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`
    if (entry.isDirectory()) yield* sources(path)
    else if (/\.tsx?$/.test(entry.name) && !entry.name.endsWith(".d.ts")) yield path
  }
}

const transpiler = new Bun.Transpiler({ loader: "ts" })

/** What is left of a file without its comments. Texts are left in: what is forbidden in code has no business in a text either. */
export const codeOf = (path: string): string =>
  textOf(path)
    .replace(/^\s*\/\*[\s\S]*?\*\//gm, "")
    .replace(/(^|\s)\/\/.*$/gm, "$1")

/** What names another file without being an import statement: types, and Workers. */
const otherArrows = [/\bimport\(\s*"([^"]+)"/g, /new URL\(\s*"([^"]+)",\s*import\.meta\.url/g]

/** What a file imports, types too: an arrow in the drawing is an arrow also when it vanishes at run time. */
export function importsOf(path: string): readonly string[] {
  const text = textOf(path)
  const found = new Set(transpiler.scanImports(text).map((one) => one.path))
  for (const [, name] of text.matchAll(/^(?:import|export)[^"';]*?from\s+"([^"]+)"/gms)) found.add(name!)
  for (const pattern of otherArrows) for (const [, name] of codeOf(path).matchAll(pattern)) found.add(name!)
  return [...found]
}

/** What is loaded with a file: its import statements, without types and without what is imported while it runs. */
export const loadedWith = (path: string): readonly string[] =>
  transpiler.scanImports(textOf(path)).flatMap(({ kind, path }) => (kind === "import-statement" ? [path] : []))

/** The file of this tree that a specifier names; undefined for packages. */
export const insideTree = (path: string, name: string): string | undefined =>
  name.startsWith(".") ? relative(root, resolve(root, dirname(path), name)) : undefined

export const roomOf = (path: string): { readonly room: string; readonly row: number } | undefined => {
  for (const [row, rooms] of rows.entries()) {
    const room = rooms.find((name) => path === name || path.startsWith(`${name}/`))
    if (room) return { room, row }
  }
  return undefined
}
