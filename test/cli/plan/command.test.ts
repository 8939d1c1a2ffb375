import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type CliHarness, cliHarness } from "../../kit/cli.ts"
import { startGateway } from "../../kit/gateway.ts"
import { rowOf } from "../../kit/replaying.ts"
import { ask, type Rig, startRig } from "../../kit/upstreams.ts"
import { newFolder, openTestStore, removeFolders } from "../../store/support.ts"

interface File {
  providers: { id: string; models: { id: string; upstream: string; price?: object }[] }[]
  [field: string]: unknown
}

let rig: Rig
let cli: CliHarness
let present: string
/** The data directory as it was when its gateway had stopped. */
let stopped: string

const sent = () => rig.fakes.reduce((sum, fake) => sum + fake.requests.length, 0)
const readFile = () => JSON.parse(readFileSync(present, "utf8")) as File
const write = (name: string, content: unknown): string => {
  const path = join(cli.cwd, name)
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content))
  return path
}
const planned = (file: string, ...more: string[]) => cli.run("plan", file, "--config", present, ...more)

interface Report {
  readonly replayed: number
  readonly routes: readonly { readonly was: string; readonly would: string; readonly requests: number }[]
  readonly [field: string]: unknown
}
const reportOf = async (file: string, ...more: string[]): Promise<Report> => {
  const { code, out, error } = await planned(file, "--json", ...more)
  expect([code, error]).toEqual([0, ""])
  return JSON.parse(out) as Report
}

beforeAll(async () => {
  rig = await startRig(["text", "text"], { strategy: "weighted", aliases: { fast: "test/model" } })
  cli = cliHarness({}, { now: Date.now })
  present = join(rig.gateway.dir, "signalbox.yaml")
  for (let number = 0; number < 20; number++) {
    const body = ask(`question ${number}`, number % 4 === 0 ? { model: "fast", session_id: "run" } : {})
    expect((await rig.gateway.chat(body)).status).toBe(200)
  }
  expect((await rig.gateway.chat(ask("hi", { model: "nobody/has-it" }))).status).toBe(404)
  expect((await rig.gateway.chat(ask("hi", { provider: { only: ["p0"] } }))).status).toBe(200)
})

afterAll(async () => {
  cli.remove()
  rmSync(stopped ?? "", { recursive: true, force: true })
  await Promise.all(rig.fakes.map((fake) => fake.stop()))
  removeFolders()
})

/** Until the rows of all requests are on the disk. */
const written = async (count: number) => {
  for (;;) if ((await reportOf(present)).replayed === count) return
}

describe("while the gateway runs", () => {
  test("the same file changes nothing", async () => {
    await written(22)
    const { code, out, error } = await planned(present)
    expect([code, error]).toEqual([0, ""])
    expect(out).toContain("22 of 22 requests replayed")
    for (const line of [
      "ROUTES  no request would go elsewhere",
      "REFUSALS  none that was answered would be refused",
      "BUDGETS  none would be used up",
      "PROMPT CACHES  no conversation would lose its own",
      "NAMES  all that were used mean what they meant",
    ])
      expect(out).toContain(line)
    expect(out).toMatch(/COST {2}\$(\S+) billed, \$\1 then \(\$0\.00, 0\.0 %\)/)
  })

  test("another file is planned in, nobody is called, and the gateway goes on", async () => {
    const before = sent()
    const file = readFile()
    const [p0, p1] = file.providers as [File["providers"][0], File["providers"][0]]
    p1.models = [{ id: "test/model", upstream: "text", price: { input: 2, output: 4 } }]
    const next = write("next.yaml", {
      ...file,
      providers: [
        { ...p1, id: "other" },
        { ...p0, models: [...p0.models, { id: "nobody/has-it", upstream: "text" }] },
      ],
      strategy: "configured",
      aliases: {},
    })
    const report = await reportOf(next)
    expect(report.replayed).toBe(22)
    const moved = Object.fromEntries(report.routes.map(({ was, would, requests }) => [`${was} ${would}`, requests]))
    expect(moved["refused: model_not_found p0/text"]).toBe(1)
    expect(Object.keys(moved).toSorted().at(-1)).toBe("refused: model_not_found p0/text")
    expect(report.refusals).toMatchObject([{ rule: "model_not_found", model: "fast", requests: 5 }])
    expect(report.names).toEqual([{ name: "fast", requests: 5, was: "alias of test/model", would: "-" }])
    expect(sent()).toBe(before)
    expect((await rig.gateway.chat(ask("hi"))).status).toBe(200)
    await written(23)
  })

  test("as text, with so many rows of each table as are asked for", async () => {
    const file = readFile()
    const next = write("short.yaml", {
      ...file,
      providers: file.providers.map((provider) => ({ ...provider, id: `new-${provider.id}` })),
      aliases: {},
    })
    const { out } = await planned(next, "--limit", "1")
    expect(out).toMatch(/ROUTES {2}16 requests \(\d+\.\d %\) would go elsewhere\nMODEL .*THEN/)
    expect(out).toMatch(/\d more; --limit \d shows all/)
    expect(out).toContain("RULE")
    expect(out).toContain('No provider offers the model "fast".')
  })

  test("a key with a lower limit would have been used up; one that is gone is not known", async () => {
    const file = readFile()
    const low = write("low.yaml", { ...file, keys: [{ ...(file.keys as object[])[0], limit: 0.0001 }] })
    expect((await reportOf(low)).budgets).toMatchObject([
      { key: "test", source: "file", limit: 0.0001, limit_reset: "never" },
    ])
    const gone = write("gone.yaml", { ...file, keys: [{ name: "else", key: "another-key-0123456789" }] })
    expect((await reportOf(gone)).refusals).toMatchObject([{ rule: "invalid_api_key" }, { rule: "invalid_api_key" }])
    const renewed = write("renewed.yaml", { ...file, keys: [{ name: "test", key: "a-new-token-0123456789" }] })
    expect((await reportOf(renewed)).refusals).toEqual([])
  })

  test("what was recorded before the time that is looked at is left alone", async () => {
    const other = cliHarness({}, { now: () => Date.now() + 7_200_000 })
    const { out } = await other.run("plan", present, "--config", present, "--last", "60m")
    expect(out).toContain("no request was recorded from")
    const { out: longer } = await other.run("plan", present, "--config", present, "--last", "1d")
    expect(longer).toContain("23 of 23 requests replayed")
    other.remove()
  })
})

describe("when it has stopped", () => {
  test("nothing in the data directory is changed", async () => {
    const data = join(rig.gateway.dir, "data")
    await rig.gateway.gateway.stop(2000)
    stopped = rig.gateway.dir
    const state = () =>
      readdirSync(data, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ parentPath, name }) => `${name} ${Bun.hash(readFileSync(join(parentPath, name)))}`)
        .toSorted()
    const before = state()
    expect((await reportOf(present)).replayed).toBe(23)
    expect(state()).toEqual(before)
  })
})

describe("what is wrong", () => {
  const complaint = async (...words: string[]) => {
    const { code, error, out } = await cli.run(...words)
    expect(out).toBe("")
    return `${code} ${error}`
  }

  test("with the new file is told as `check` tells it", async () => {
    const mistaken = write("mistaken.yaml", "providers:\n  - id: p\n    pluggin: x\n")
    const checked = await cli.run("check", mistaken)
    expect(checked.code).toBe(2)
    expect(await planned(mistaken)).toEqual(checked)
    const unknown = write("unknown.yaml", "providers:\n  - id: nobody-makes-this\nstrategy: nonsense\n")
    const listed = await cli.run("check", unknown)
    expect(listed.error).toContain("nonsense")
    expect(await planned(unknown)).toEqual(listed)
    expect(await complaint("plan", join(cli.cwd, "absent.yaml"), "--config", present)).toStartWith("2 ")
  })

  test("with the command line", async () => {
    expect(await complaint("plan")).toStartWith("2 signalbox plan: something is missing")
    for (const [option, value] of [
      ["--last", "24"],
      ["--last", "0h"],
      ["--last", "1y"],
      ["--health", "ill"],
      ["--limit", "0"],
      ["--seed", "x"],
    ] as const)
      expect(await complaint("plan", present, option, value)).toStartWith(`2 signalbox plan: ${option} must be`)
  })

  test("with the data directory", async () => {
    const empty = mkdtempSync(join(tmpdir(), "signalbox-empty-"))
    expect(await complaint("plan", present, "--config", present, "--data-dir", empty)).toStartWith(
      `1 signalbox plan: there is no database in ${empty}`,
    )
    expect(readdirSync(empty)).toEqual([])
    rmSync(empty, { recursive: true })
  })
})

test("an empty history has nothing to tell", async () => {
  const gateway = await startGateway()
  const file = join(gateway.dir, "signalbox.yaml")
  const other = cliHarness({}, { now: Date.now })
  const { code, out } = await other.run("plan", file, "--config", file)
  expect([code, out.includes("no request was recorded from")]).toEqual([0, true])
  other.remove()
  await gateway.stop()
})

test("rows of earlier versions are counted and left out", async () => {
  const folder = newFolder()
  const store = await openTestStore(folder, { clock: { now: Date.now } })
  const now = Date.now()
  const { route: _, ...old } = rowOf({ createdAt: now - 1000 })
  await store.writer.append(old, now - 900)
  await store.close()
  const { out } = await cli.run("plan", present, "--config", present, "--data-dir", folder)
  expect(out).toContain("0 of 1 request replayed")
  expect(out).toContain("not replayed: 1 that were recorded by an earlier version, without what planning needs")
})
