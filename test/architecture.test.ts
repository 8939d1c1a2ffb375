import { describe, expect, test } from "bun:test"
import { readdirSync, readFileSync } from "node:fs"
import { dirname, join, relative, resolve } from "node:path"
import { configTable } from "./kit/config-table.ts"
import { errorTable } from "./kit/error-table.ts"

const root = resolve(import.meta.dir, "..")

/** Rows of the house, lowest first; see src/README.md. A file imports only from lower rows, or from its own room. */
const rows: readonly (readonly string[])[] = [
  ["src/contract"],
  ["src/dialects"],
  ["src/store", "src/config", "src/telemetry", "src/contract-suite"],
  ["src/host", "src/accounts", "src/catalog", "src/ledger"],
  ["src/pipeline"],
  ["src/http"],
  ["src/gateway", "src/gateway.ts"],
  ["src/cli", "src/main.ts", "src/build"],
]

/** Rooms that one row shares on purpose. */
const sameRow = new Set(["src/gateway.ts src/gateway", "src/main.ts src/cli", "src/build src/cli"])

/** What may be longer than 400 lines, and why. */
const longFiles: Readonly<Record<string, string>> = {}

function* sources(folder: string): Generator<string> {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`
    if (entry.isDirectory()) yield* sources(path)
    else if (/\.tsx?$/.test(entry.name) && !entry.name.endsWith(".d.ts")) yield path
  }
}

const transpiler = new Bun.Transpiler({ loader: "ts" })

/** What a file imports, types too: an arrow in the drawing is an arrow also when it vanishes at run time. */
function importsOf(path: string): readonly string[] {
  const text = readFileSync(join(root, path), "utf8")
  const found = new Set(transpiler.scanImports(text).map((one) => one.path))
  for (const [, name] of text.matchAll(/^(?:import|export)[^"';]*?from\s+"([^"]+)"/gms)) found.add(name!)
  return [...found]
}

const insideTree = (path: string, name: string): string | undefined =>
  name.startsWith(".") ? relative(root, resolve(root, dirname(path), name)) : undefined

const roomOf = (path: string): { room: string; row: number } | undefined => {
  for (const [row, rooms] of rows.entries()) {
    const room = rooms.find((name) => path === name || path.startsWith(`${name}/`))
    if (room) return { room, row }
  }
  return undefined
}

const files = [...sources("src")]

describe("layers", () => {
  test("every file has a room", () => {
    expect(files.filter((path) => !roomOf(path))).toEqual([])
  })

  test("arrows only lead down", () => {
    const wrong: string[] = []
    for (const path of files) {
      const from = roomOf(path)!
      for (const name of importsOf(path)) {
        const target = insideTree(path, name)
        if (target === undefined) continue
        if (target.startsWith("plugins/")) {
          if (path !== "src/gateway.ts" && from.room !== "src/cli") wrong.push(`${path} → ${target}`)
          continue
        }
        const to = roomOf(target)
        if (!to || to.room === from.room || to.row < from.row) continue
        if (!sameRow.has(`${from.room} ${to.room}`)) wrong.push(`${path} → ${target}`)
      }
    }
    expect(wrong).toEqual([])
  })

  test("Elysia lives only in http", () => {
    expect(
      files.filter(
        (path) => !path.startsWith("src/http/") && importsOf(path).some((name) => name.startsWith("elysia")),
      ),
    ).toEqual([])
  })

  test("plugins use the public door only", () => {
    const wrong: string[] = []
    for (const path of sources("plugins")) {
      if (path === "plugins/index.ts") continue
      const own = path.split("/").slice(0, 2).join("/")
      for (const name of importsOf(path)) {
        const target = insideTree(path, name)
        const isDoor = name === "signalbox/plugin" || name === "signalbox/dialects"
        if (
          target === undefined
            ? !isDoor && (name.startsWith("signalbox") || name.startsWith("node:fs"))
            : !target.startsWith(`${own}/`)
        )
          wrong.push(`${path} → ${name}`)
      }
    }
    expect(wrong).toEqual([])
  })

  test("no import goes round in a circle", () => {
    const graph = new Map(files.map((path) => [path, importsOf(path).flatMap((name) => insideTree(path, name) ?? [])]))
    const state = new Map<string, "open" | "done">()
    const circles: string[] = []
    const visit = (path: string, trail: readonly string[]): void => {
      if (state.get(path) === "done") return
      if (state.get(path) === "open") {
        circles.push([...trail.slice(trail.indexOf(path)), path].join(" → "))
        return
      }
      state.set(path, "open")
      for (const next of graph.get(path) ?? []) visit(next, [...trail, path])
      state.set(path, "done")
    }
    // Types of rows may name each other; a circle of values is what breaks at run time.
    const valueGraph = new Map(
      files.map((path) => [
        path,
        transpiler
          .scanImports(readFileSync(join(root, path), "utf8"))
          .flatMap((one) => insideTree(path, one.path) ?? []),
      ]),
    )
    for (const path of files) graph.set(path, valueGraph.get(path) ?? [])
    for (const path of files) visit(path, [])
    expect(circles).toEqual([])
  })
})

describe("lengths", () => {
  test("no file is longer than 400 lines without a reason", () => {
    const long = [...files, ...sources("plugins"), ...sources("test")].filter((path) => {
      const lines = readFileSync(join(root, path), "utf8").split("\n").length
      return lines > 400 && !longFiles[path]
    })
    expect(long).toEqual([])
  })
})

describe("documents", () => {
  const readme = readFileSync(join(root, "README.md"), "utf8")
  const rewrite = "write it anew: bun test/kit/readme.ts"

  test("README has the table of errors", () => {
    expect(readme.includes(errorTable()), rewrite).toBe(true)
  })

  test("README has the reference of the configuration", () => {
    expect(readme.includes(configTable()), rewrite).toBe(true)
  })
})
