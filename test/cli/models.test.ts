import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { existsSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { readArguments } from "../../src/cli/arguments.ts"
import { commands } from "../../src/cli/commands.ts"
import { acquireLock } from "../../src/cli/lock.ts"
import { listModels } from "../../src/cli/models.ts"
import { readDocuments } from "../../src/cli/stored-documents.ts"
import { loadConfig } from "../../src/config/load.ts"
import type { CreateGateway } from "../../src/gateway/types.ts"
import { type CliHarness, cliHarness } from "../kit/cli.ts"
import { adminKey, startGateway } from "../kit/gateway.ts"
import { modelsDevDocument, row } from "../kit/models-dev.ts"

const provider = { id: "p", price: { input: 0.05, output: 0.4 }, price_source: "models.dev" }
const models = [
  { id: "a/b", context: 1000, providers: [provider], released: "2025-12-20", approved: true },
  { id: "a/old", providers: [{ id: "q", price: null }], released: "2020-01-01", shutdown: "2026-02-01" },
  { id: "a/gone", providers: [{ id: "q", price: null }], deprecated: true, approved: false },
]
const names = [
  { id: "a/b", pricing: {} },
  { id: "policy/p", context_length: null, pricing: { prompt: "-1", completion: "-1" } },
  { id: "short", context_length: 1000, pricing: { prompt: "0.00000005", completion: "0.0000004" } },
]
const documents = [
  { document: "models.dev", outcome: "fetched", models: 4, left_out: 1, error: null },
  { document: "provider-list/p", outcome: "unchanged", models: 2, left_out: 0, error: null },
]

let cli: CliHarness
let asked: string[] = []
let refreshed: readonly object[] = documents
let server: ReturnType<typeof Bun.serve>

beforeEach(() => {
  asked = []
  refreshed = documents
  cli = cliHarness()
  server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const { pathname, search } = new URL(request.url)
      asked.push(
        `${request.method} ${pathname}${search} ${await request.text()} ${request.headers.get("authorization") ?? "-"}`,
      )
      if (pathname === "/admin/models") return Response.json({ data: models })
      return Response.json({ data: pathname === "/api/v1/models" ? names : refreshed })
    },
  })
})
afterEach(async () => {
  cli.remove()
  await server.stop(true)
})

const neverMade = async (): Promise<CreateGateway> => {
  throw new Error("no gateway of its own is wanted")
}

const run = (words: readonly string[], make: () => Promise<CreateGateway> = neverMade) => {
  const rules = commands.find(({ name }) => name === "models")!.options
  return listModels(readArguments(rules, words, { minimum: 0, maximum: 0 }), cli.io, make)
}

/** A gateway that listens, as its lock says. */
const announced = async (work: () => Promise<void>) => {
  const taken = acquireLock(join(cli.cwd, "data"), { role: "gateway" })
  if (!taken.ok) throw new Error("refused")
  taken.lock.announce(`http://127.0.0.1:${server.port}`)
  await work()
  taken.lock.release()
}

describe("of a running gateway", () => {
  test("models with prices and where they come from, dates, and what is new or ends; names after them", () =>
    announced(async () => {
      expect(await run(["--admin-key", "k-1"])).toBe(0)
      expect(asked).toEqual([
        "GET /admin/models  Bearer k-1",
        "GET /api/v1/models?output_modalities=all&limit=1000  Bearer k-1",
      ])
      expect(cli.read().out).toBe(
        [
          "MODEL     PROVIDERS  CONTEXT  USD/M IN  USD/M OUT  PRICE FROM  RELEASED    NOTES",
          "a/b       p          1000     0.05      0.4        models.dev  2025-12-20  new",
          "a/old     q          -        -         -          -           2020-01-01  ends 2026-02-01",
          "a/gone    q          -        -         -          -           -           deprecated, not approved",
          "policy/p  -          -        varies    varies     -           -           ",
          "short     -          1000     0.05      0.4        -           -           ",
          "",
        ].join("\n"),
      )
    }))

  test("after a refresh, of which each document is told on standard error", () =>
    announced(async () => {
      expect(await run(["--refresh", "--force", "--admin-key", "k-1"])).toBe(0)
      expect(asked[0]).toBe('POST /admin/catalog/refresh {"force":true} Bearer k-1')
      expect(cli.read().error).toBe("models.dev: fetched, 4 models, 1 left out\nprovider-list/p: unchanged, 2 models\n")
    }))

  test("a refresh that failed is a failure, and the list comes all the same", () =>
    announced(async () => {
      refreshed = [{ document: "models.dev", outcome: "failed", models: 4, left_out: 0, error: "it is empty" }]
      expect(await run(["--refresh"])).toBe(1)
      expect(cli.read()).toMatchObject({ error: "models.dev: failed: it is empty\n" })
      expect(cli.read().out).toContain("a/b")
    }))

  test("of one provider", () =>
    announced(async () => {
      expect(await run(["--provider", "p", "--refresh", "--json"])).toBe(0)
      expect(asked).toEqual(["POST /admin/catalog/refresh {} -", "GET /admin/models?provider=p  -"])
      expect(JSON.parse(cli.read().out)).toEqual({ data: models, refreshed: documents })
    }))
})

test.each([[["--offline", "--refresh"]], [["--offline", "--url", "http://127.0.0.1:1"]], [["--force"]]])(
  "%j is wrong usage",
  async (words) => {
    expect(run(words)).rejects.toMatchObject({ name: "UsageError" })
  },
)

test("without one, a gateway of its own is asked, which touches no data and shows no key", async () => {
  writeFileSync(join(cli.cwd, "signalbox.yaml"), "admin_key: f00dcafe12345678\nserver: { port: 1, host: 0.0.0.0 }\n")
  let dataDir = ""
  let stopped = false
  const code = await run(["--json"], async () => async ({ config }) => {
    dataDir = config.dataDir
    expect(config.server).toMatchObject({ host: "127.0.0.1", port: 0, listeners: [] })
    expect(config.adminKey).not.toBe("f00dcafe12345678")
    // Nobody asked for anything to be fetched.
    expect(config.catalog.airGapped).toBe(true)
    return {
      dataDir,
      firstRun: {},
      curl: "",
      listen: async () => ({ url: `http://127.0.0.1:${server.port}`, others: [] }),
      reload: async () => ({ ok: true, problems: [] }),
      async stop() {
        stopped = true
      },
    }
  })
  expect([code, stopped]).toEqual([0, true])
  expect(JSON.parse(cli.read().out)).toEqual({ data: [...models, ...names.slice(1)] })
  expect(existsSync(join(cli.cwd, "data"))).toBe(false)
  expect(existsSync(dataDir)).toBe(false)
})

describe("with facts that are fetched", () => {
  let facts: ReturnType<typeof Bun.serve>
  let fetched = 0
  beforeEach(() => {
    fetched = 0
    facts = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch() {
        fetched++
        return Response.json(
          modelsDevDocument({ groq: { "fresh-model": row({ cost: { input: 0.25, output: 0.75 } }) } }),
        )
      },
    })
  })
  afterEach(() => facts.stop(true))

  const catalog = () => ({ url: `http://127.0.0.1:${facts.port}/api.json`, upstream_lists: false })
  const write = (more: Readonly<Record<string, unknown>> = {}) =>
    writeFileSync(
      join(cli.cwd, "signalbox.yaml"),
      JSON.stringify({ providers: [{ id: "groq", api_key: "k" }], catalog: { ...catalog(), ...more } }),
    )
  const line = (text: string, word: string) => text.split("\n").find((each) => each.includes(word))

  test("--refresh without a gateway keeps them in the data directory, and offline they are used", async () => {
    write()
    const first = await cli.run("models", "--refresh")
    expect(first).toMatchObject({ code: 0, error: "models.dev: fetched, 1 models\n" })
    expect(line(first.out, "fresh-model")).toMatch(/groq\s+200000\s+0\.25\s+0\.75\s+models\.dev/)
    const { config } = await loadConfig({ cwd: cli.cwd, env: {}, readFile: (path) => Bun.file(path).text() })
    expect((await readDocuments(config)).map(({ name }) => name)).toEqual(["models.dev"])
    const asked = fetched
    const offline = await cli.run("models", "--offline")
    expect(offline.code).toBe(0)
    expect(line(offline.out, "fresh-model")).toMatch(/0\.25\s+0\.75\s+models\.dev/)
    expect(fetched).toBe(asked)
  })

  test("air-gapped, --refresh says why it does nothing", async () => {
    write({ air_gapped: true })
    const { code, error } = await cli.run("models", "--refresh")
    expect(code).toBe(1)
    expect(error).toContain("catalog.air_gapped is on")
    expect(fetched).toBe(0)
    expect((await cli.run("models")).code).toBe(0)
    expect(fetched).toBe(0)
  })

  test("while somebody else has the data directory, it is not touched", async () => {
    write()
    const taken = acquireLock(join(cli.cwd, "data"), { role: "keys command" })
    const { code, error } = await cli.run("models", "--refresh")
    if (taken.ok) taken.lock.release()
    expect(code).toBe(1)
    expect(error).toContain("in use")
    expect(fetched).toBe(0)
  })

  test("a running gateway is asked to do it", async () => {
    const gateway = await startGateway({ providers: [{ id: "groq", api_key: "k" }], catalog: catalog() })
    try {
      const { code, out, error } = await cli.run("models", "--refresh", "--url", gateway.url, "--admin-key", adminKey)
      expect({ code, error }).toEqual({ code: 0, error: "models.dev: fetched, 1 models\n" })
      expect(line(out, "fresh-model")).toContain("models.dev")
    } finally {
      await gateway.stop()
    }
  })
})
