import { afterAll, describe, expect, test } from "bun:test"
import { mkdirSync, readdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import type { TObject } from "@sinclair/typebox"
import { parse } from "yaml"
import builtIns from "../../plugins/index.ts"
import { constraints } from "../../src/pipeline/plan/filters/question.ts"
import { preferenceMembers, readPreferences } from "../../src/pipeline/plan/preferences/preferences.ts"
import { batchSuffix, knownSuffixes } from "../../src/pipeline/plan/targets/suffixes.ts"
import { cliHarness } from "../kit/cli.ts"
import { startGateway } from "../kit/gateway.ts"
import { textOf } from "../kit/house.ts"

const readme = textOf("README.md")
const pages = [
  "README.md",
  "plugins/README.md",
  ...readdirSync(join(import.meta.dir, "../../plugins"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `plugins/${name}/README.md`)
    .filter((path) => textIfThere(path) !== undefined),
]

function textIfThere(path: string): string | undefined {
  try {
    return textOf(path)
  } catch {
    return undefined
  }
}

const withoutCode = readme.replace(/^```.*?^```$/gms, "")

/** What stands between a heading and the next one of any level. */
function section(title: string): string {
  const text = withoutCode.split(new RegExp(`^#+ ${title}\\n`, "m"))[1]
  if (text === undefined) throw new Error(`README has no section "${title}"`)
  return text.split(/^#+ /m)[0]!
}

const rowsOf = (title: string): readonly (readonly string[])[] =>
  [...section(title).matchAll(/^\| (.*) \|$/gm)].map(([, row]) => row!.split(" | "))

const coded = (text: string): readonly string[] => [...text.matchAll(/`([^`]+)`/g)].map(([, code]) => code!)

describe("configurations", () => {
  const blocks = pages.flatMap((page) =>
    [...textOf(page).matchAll(/```yaml\n(.*?)```/gs)].map(([, text], index) => ({
      page,
      index: index + 1,
      text: text!,
    })),
  )

  test.each(blocks)("$page, number $index passes check", async ({ page, text }) => {
    const named = [...text.matchAll(/\$\{(\w+)\}/g)].map(([, name]) => [name!, `${name}-0123456789abcdef`])
    const cli = cliHarness(Object.fromEntries(named))
    try {
      mkdirSync(join(cli.cwd, "plugins"))
      if (page === "plugins/README.md")
        for (const [, file, code] of textOf(page).matchAll(/```ts file=(\S+)\n(.*?)```/gs))
          writeFileSync(join(cli.cwd, "plugins", file!), code!)
      // A name that nobody need look up.
      writeFileSync(join(cli.cwd, "signalbox.yaml"), text.replaceAll("cache.internal:6379", "127.0.0.1:1"))
      const { code, error } = await cli.run("check")
      // A snippet without providers names models that only its reader has.
      const isWhole = text.includes("providers:")
      const told = error.split("\n").filter((line) => isWhole || !line.includes("no known model goes by"))
      expect(told.join("\n")).toBe("")
      expect(code).toBe(0)
    } finally {
      cli.remove()
    }
  })
})

describe("tables", () => {
  const first = (title: string) => rowsOf(title).flatMap(([names]) => coded(names!))

  test("suffixes are those that there are", () => {
    const words = [...knownSuffixes.map((suffix) => suffix.split(" ")[0]!), `:${batchSuffix}`]
    const told = first("Names of models").filter((name) => name.startsWith(":"))
    expect(told.toSorted()).toEqual(words.toSorted())
  })

  test("members of `provider` are those that there are, with every way to sort", () => {
    const told = first("Which providers may answer").map((name) => name.replace(/:.*$/, ""))
    expect(told.toSorted()).toEqual(preferenceMembers.toSorted())
    const sort = rowsOf("Which providers may answer").find(([names]) => names === "`sort`")
    for (const word of coded(sort![1]!).filter((word) => /^\w+$/.test(word))) readPreferences({ sort: word })
  })

  const ownPages = builtIns.flatMap((plugin) => {
    const text = textIfThere(`plugins/${plugin.name}/README.md`)
    const table = text && /^\| option \|.*\n\|[- |]+\n((?:\|.*\n)+)/m.exec(text)?.[1]
    return table && plugin.name.endsWith("-cache") ? [{ plugin, table }] : []
  })
  test.each(ownPages)("options of a cache's own page are its options: $plugin.name", ({ plugin, table }) => {
    const told = [...table.matchAll(/^\| (.*?) \|/gm)].flatMap(([, names]) => coded(names!))
    expect(told.toSorted()).toEqual(Object.keys((plugin.options as unknown as TObject).properties).toSorted())
  })
  test("both caches have a page", () => expect(ownPages).toHaveLength(2))

  test("rules are those that there are, in their order", () => {
    expect(first("Why did it go there\\?").filter((name) => constraints.some((one) => one === name))).toEqual([
      ...constraints,
    ])
  })
})

describe("the example", async () => {
  const [, text] = /```yaml\n# example\n(.*?)```/s.exec(readme)!
  // What stands for a variable that is not set.
  const filled = text!.replace(/\$\{\w+:-([^}]*)\}/g, "$1")
  const { catalog: _, ...config } = parse(filled) as Record<string, unknown> & { keys: readonly { key: string }[] }
  const gateway = await startGateway(config)
  afterAll(() => gateway.stop())
  const [dev, eu] = config.keys.map(({ key }) => ({ authorization: `Bearer ${key}` }))
  const messages = [{ role: "user", content: "Hello" }]
  const fieldsOf = (cell: string) => JSON.parse(`{${coded(cell)[0]}}`) as Record<string, unknown>

  interface Answer {
    readonly error?: { readonly code: number; readonly metadata: { readonly signalbox_code: string } }
    readonly signalbox?: { readonly plan: { readonly planned: readonly string[] } }
  }
  const planOf = async (fields: Record<string, unknown>, key = dev!): Promise<Answer> => {
    const headers = { ...key, "x-signalbox-debug": "plan" }
    const response = await gateway.post("/api/v1/chat/completions", { messages, ...fields }, headers)
    return (await response.json()) as Answer
  }
  const asked = rowsOf("An example").filter(([request]) => request!.startsWith('`"model"'))

  test("has a row for every kind of name", () => expect(asked.length).toBeGreaterThan(15))

  for (const [request, planned] of asked) {
    test(`${request} is planned as told`, async () => {
      const { error, signalbox } = await planOf(fieldsOf(request!))
      if (planned === "nobody") return expect(error?.metadata.signalbox_code).toBe("no_endpoints")
      expect(error).toBeUndefined()
      const found = signalbox?.plan.planned ?? []
      const number = { "one of two": 2, "one of three": 3 }[planned!]
      if (number === undefined) expect(found).toEqual(coded(planned!))
      else expect(found).toHaveLength(number)
    })

    test(`${request} with the key that stays in Europe`, async () => {
      const { error, signalbox } = await planOf(fieldsOf(request!), eu!)
      if (error) expect(["no_endpoints", "model_not_allowed"]).toContain(error.metadata.signalbox_code)
      else for (const offer of signalbox!.plan.planned) expect(offer).toStartWith("north/")
    })
  }

  const differences = rowsOf("Remembered answers").filter(([, same]) => /^(?:yes|no)/.test(same ?? ""))
  const isHit = async (path: string, body: unknown, key = dev!) => {
    const headers = { ...key, "x-signalbox-cache": "on" }
    const response = await gateway.post(path, body, headers)
    await response.text()
    return response.headers.get("x-requesty-cache") === "HIT"
  }

  test("remembered answers differ as told", async () => {
    const chat = "/api/v1/chat/completions"
    const model = "acme/small"
    expect(await isHit(chat, { model, messages })).toBe(false)
    // What is remembered is stored behind the answer.
    while (!(await isHit(chat, { model, messages })));
    expect(differences.length).toBeGreaterThan(10)
    for (const [what, same] of differences) {
      const hit = what!.startsWith("another key")
        ? await isHit(chat, { model, messages }, eu!)
        : what!.includes("/v1/responses")
          ? await isHit("/v1/responses", { model, input: "Hello" })
          : await isHit(chat, { model, messages, ...fieldsOf(what!) })
      expect([what, hit]).toEqual([what, same!.startsWith("yes")])
    }
  })

  test("metrics that pages name are there", async () => {
    const known = await (await fetch(`${gateway.url}/metrics`)).text()
    const named = new Set(pages.flatMap((page) => textOf(page).match(/signalbox_[a-z_]+[a-z](?=[{`])/g) ?? []))
    expect([...named].filter((name) => !known.includes(`# HELP ${name} `))).toEqual([])
  })
})
