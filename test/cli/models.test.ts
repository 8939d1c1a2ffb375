import { afterEach, beforeEach, expect, test } from "bun:test"
import { existsSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { readArguments } from "../../src/cli/arguments.ts"
import { commands } from "../../src/cli/commands.ts"
import { acquireLock } from "../../src/cli/lock.ts"
import { listModels } from "../../src/cli/models.ts"
import type { CreateGateway } from "../../src/gateway/types.ts"
import { type CliHarness, cliHarness } from "../kit/cli.ts"

const data = [
  { id: "a/b", context_length: 1000, pricing: { prompt: "0.00000005", completion: "0.0000004" } },
  { id: "policy/p", context_length: null, pricing: { prompt: "-1", completion: "-1" } },
  { id: "c/d", context_length: null, pricing: {} },
]

let cli: CliHarness
let asked: string[] = []
let server: ReturnType<typeof Bun.serve>

beforeEach(() => {
  asked = []
  cli = cliHarness()
  server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch(request) {
      asked.push(`${request.method} ${new URL(request.url).pathname} ${request.headers.get("authorization") ?? "-"}`)
      return Response.json(request.method === "POST" ? { ok: true, problems: [] } : { data })
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

test("of a running gateway, after a reload when asked to, in USD per million", async () => {
  const taken = acquireLock(join(cli.cwd, "data"), { role: "gateway" })
  if (!taken.ok) throw new Error("refused")
  taken.lock.announce(`http://127.0.0.1:${server.port}`)
  expect(await run(["--refresh", "--admin-key", "k-1"])).toBe(0)
  taken.lock.release()
  expect(asked).toEqual(["POST /admin/reload Bearer k-1", "GET /api/v1/models Bearer k-1"])
  expect(cli.read().out).toBe(
    [
      "MODEL     CONTEXT  USD/M IN  USD/M OUT",
      "a/b       1000     0.05      0.4",
      "policy/p  -        varies    varies",
      "c/d       -        -         -",
      "",
    ].join("\n"),
  )
})

test("without one, a gateway of its own is asked, which touches no data and shows no key", async () => {
  writeFileSync(join(cli.cwd, "signalbox.yaml"), "admin_key: f00dcafe12345678\nserver: { port: 1, host: 0.0.0.0 }\n")
  let dataDir = ""
  let stopped = false
  const code = await run(["--json"], async () => async ({ config }) => {
    dataDir = config.dataDir
    expect(config.server).toMatchObject({ host: "127.0.0.1", port: 0 })
    expect(config.adminKey).not.toBe("f00dcafe12345678")
    return {
      dataDir,
      firstRun: {},
      curl: "",
      listen: async () => ({ url: `http://127.0.0.1:${server.port}` }),
      reload: async () => ({ ok: true, problems: [] }),
      async stop() {
        stopped = true
      },
    }
  })
  expect([code, stopped]).toEqual([0, true])
  expect(JSON.parse(cli.read().out)).toEqual({ data })
  expect(existsSync(join(cli.cwd, "data"))).toBe(false)
  expect(existsSync(dataDir)).toBe(false)
})
