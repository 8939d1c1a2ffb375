import { describe, expect, test } from "bun:test"
import { existsSync, readdirSync } from "node:fs"
import { join } from "node:path"
import builtIns from "../plugins/index.ts"
import { configTable } from "./kit/config-table.ts"
import { errorTable } from "./kit/error-table.ts"
import { everyRoute } from "./kit/every-route.ts"
import { codeOf, importsOf, insideTree, loadedWith, roomOf, root, rows, sources, textOf } from "./kit/house.ts"

/** Rooms that one row shares on purpose. */
const sameRow = new Set(["src/gateway.ts src/gateway", "src/main.ts src/cli", "src/build src/cli"])

/** What may be longer than 400 lines, and why. */
const longFiles: Readonly<Record<string, string>> = {
  "src/contract/error-codes.ts": "one table of data",
}

const files = [...sources("src")]
const pluginFiles = [...sources("plugins")]

/** Each file and specifier for which `isWrong` holds, as `file → specifier`. */
const wrongImports = (paths: readonly string[], isWrong: (path: string, name: string) => boolean): readonly string[] =>
  paths.flatMap((path) =>
    importsOf(path)
      .filter((name) => isWrong(path, name))
      .map((name) => `${path} → ${name}`),
  )

describe("layers", () => {
  test("every file has a room, and every room has files", () => {
    expect(files.filter((path) => !roomOf(path))).toEqual([])
    expect(rows.flat().filter((room) => !existsSync(join(root, room)))).toEqual([])
  })

  test("every arrow ends in a file", () => {
    const isLost = (path: string, name: string) => {
      const target = insideTree(path, name)
      return target !== undefined && !existsSync(join(root, target))
    }
    expect(wrongImports([...files, ...pluginFiles], isLost)).toEqual([])
  })

  test("arrows only lead down", () => {
    const leadsUp = (path: string, name: string) => {
      const from = roomOf(path)!
      const target = insideTree(path, name)
      if (target === undefined || target === "package.json") return false
      if (target.startsWith("plugins/")) return path !== "src/gateway.ts" && from.room !== "src/cli"
      const to = roomOf(target)
      if (!to) return true
      return to.room !== from.room && to.row >= from.row && !sameRow.has(`${from.room} ${to.room}`)
    }
    expect(wrongImports(files, leadsUp)).toEqual([])
  })

  test("no import goes round in a circle, types neither", () => {
    const all = [...files, ...pluginFiles]
    const graph = new Map(all.map((path) => [path, importsOf(path).flatMap((name) => insideTree(path, name) ?? [])]))
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
    for (const path of all) visit(path, [])
    expect(circles).toEqual([])
  })

  test("Elysia lives only in http", () => {
    const isElysia = (path: string, name: string) => /^@?elysia/.test(name) && !path.startsWith("src/http/")
    expect(wrongImports(files, isElysia)).toEqual([])
  })

  test("a gateway that nobody manages loads no management", () => {
    const loaded = new Set(["src/gateway.ts"])
    for (const path of loaded)
      for (const name of loadedWith(path)) {
        const target = insideTree(path, name)
        if (target?.endsWith(".ts")) loaded.add(target)
      }
    expect(loaded.has("src/http/app.ts")).toBe(true)
    expect(
      [...loaded].filter((path) => /^src\/http\/(?:management\.ts|admin\/|docs\/|requesty\/manage\/)/.test(path)),
    ).toEqual([])
  })

  test("the lowest rows are pure: no runtime, no files, no packages but their own", () => {
    const own: Readonly<Record<string, string>> = {
      "src/contract": "@sinclair/typebox",
      "src/dialects": "eventsource-parser",
    }
    const isForeign = (path: string, name: string) => {
      const room = roomOf(path)!.room
      return room in own && !name.startsWith(".") && name !== own[room]
    }
    expect(wrongImports(files, isForeign)).toEqual([])
  })

  test("doors (index.ts) only where plugins or many rooms enter: contract and dialects", () => {
    const doors = files.filter((path) => path.endsWith("/index.ts"))
    expect(doors.filter((path) => !/^src\/(?:contract|dialects)\//.test(path))).toEqual([])
  })
})

describe("what code may touch", () => {
  /** Files below gateway.ts: what they need of the outside is passed in. */
  const below = files.filter((path) => roomOf(path)!.row < 6)

  /** What is passed in instead, and who may touch the thing itself because it is what that file is for. */
  const forbidden: readonly { readonly what: RegExp; readonly allowed: readonly string[] }[] = [
    { what: /\bprocess\.env\b|\bBun\.env\b/, allowed: [] },
    { what: /\bDate\.now\b|\bnew Date\(\)/, allowed: ["src/host/watchdog-worker.ts"] },
    { what: /\bperformance\.now\b/, allowed: ["src/telemetry/process-metrics.ts", "src/ledger/log/log-worker.ts"] },
    { what: /\bMath\.random\b|\brandomUUID\b|\bgetRandomValues\b/, allowed: [] },
    { what: /(?<![.\w])fetch\(/, allowed: [] },
    { what: /\bconsole\./, allowed: ["src/host/watchdog-worker.ts"] },
    { what: /\bprocess\.(?:stdout|stderr|exit|kill|cwd|argv)\b/, allowed: ["src/host/watchdog-worker.ts"] },
    { what: /\bprocess\.on\b/, allowed: ["src/host/guard-handlers.ts"] },
  ]

  for (const { what, allowed } of forbidden) {
    test(`nothing below the gateway has ${what.source}`, () => {
      expect(below.filter((path) => what.test(codeOf(path)) && !allowed.includes(path))).toEqual([])
    })
  }

  test("plugins have no console, environment, clock, randomness or network of their own", () => {
    const code = forbidden.map(({ what }) => what)
    expect(pluginFiles.filter((path) => code.some((what) => what.test(codeOf(path))))).toEqual([])
  })

  test("no console outside of commands and the build", () => {
    const speaks = (path: string) => /\bconsole\./.test(codeOf(path)) && !/^src\/(?:cli|build)\//.test(path)
    expect(files.filter(speaks)).toEqual(["src/host/watchdog-worker.ts"])
  })

  test("one file calls upstreams", () => {
    const calls = files.filter((path) => path.startsWith("src/pipeline/") && /\.fetch\(/.test(codeOf(path)))
    expect(calls).toEqual(["src/pipeline/attempt/upstream.ts"])
  })
})

describe("plugins", () => {
  const folders = readdirSync(join(root, "plugins"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)

  test("use the public doors, their own files and well-kept packages only", () => {
    const { dependencies } = JSON.parse(textOf("package.json")) as { dependencies: Record<string, string> }
    // What a plugin of the folder could install for itself; the gateway's own machinery is not among it.
    const packages = new Set(["aws4fetch", "jose"].filter((name) => name in dependencies))
    const isForeign = (path: string, name: string) => {
      const own = path.split("/").slice(0, 2).join("/")
      const target = insideTree(path, name)
      if (target !== undefined) return !target.startsWith(`${own}/`)
      return name !== "signalbox/plugin" && name !== "signalbox/dialects" && !packages.has(name)
    }
    const all = pluginFiles.filter((path) => path !== "plugins/index.ts")
    expect(wrongImports(all, isForeign)).toEqual([])
  })

  test("each folder is one plugin of its name, with an index.ts, in the standard set", () => {
    expect(folders.filter((name) => !existsSync(join(root, "plugins", name, "index.ts")))).toEqual([])
    expect(builtIns.map(({ name }) => name).toSorted()).toEqual(folders.toSorted())
  })
})

describe("lengths", () => {
  test("no file is longer than 400 lines without a reason", () => {
    const long = [...files, ...pluginFiles, ...sources("test")].filter(
      (path) => textOf(path).split("\n").length > 400 && !longFiles[path],
    )
    expect(long).toEqual([])
  })
})

describe("documents", () => {
  const readme = textOf("README.md")
  const house = textOf("src/README.md")
  const rewrite = "write it anew: bun test/kit/readme.ts"

  test("README has the table of errors", () => {
    expect(readme.includes(errorTable()), rewrite).toBe(true)
  })

  test("README has the reference of the configuration", () => {
    expect(readme.includes(configTable()), rewrite).toBe(true)
  })

  test("README has every route", () => {
    const plain = (path: string) => path.replace(/\/(?:\{\w+\}|:\w+)/g, "/*").replace(/\/\*?$/, "")
    const named = new Set([...readme.matchAll(/(?<=[`\s])\/[\w/{}-]+/g)].map(([path]) => plain(path)))
    const paths = everyRoute().map(({ path }) => plain(path))
    expect(paths.length).toBeGreaterThan(10)
    expect([...new Set(paths)].filter((path) => !named.has(path))).toEqual([])
  })

  test("src/README.md has every room, and every file of the pipeline", () => {
    const rooms = new Set(files.map((path) => path.replace(/^src\/([^/]+\/?).*$/, "$1")))
    expect([...rooms].filter((name) => !house.includes(name))).toEqual([])
    const steps = files.filter((path) => path.startsWith("src/pipeline/")).map((path) => path.slice(13))
    expect(steps.filter((step) => !house.includes(`\`${step}\``))).toEqual([])
  })

  test("src/README.md names no file that is not there", () => {
    const known = [...files, ...pluginFiles, ...sources("test")]
    const named = [...house.matchAll(/`([\w./-]+\.ts)`/g)].map(([, name]) => name!)
    expect(named.filter((name) => !known.some((path) => `/${path}`.endsWith(`/${name}`)))).toEqual([])
  })
})
