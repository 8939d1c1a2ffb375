import { afterAll, expect, test } from "bun:test"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { readFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { loadConfig } from "../../src/config/load.ts"
import { createGateway } from "../../src/gateway.ts"
import { createLogger } from "../../src/telemetry/logger.ts"
import { createRedactor } from "../../src/telemetry/redact.ts"
import { inferenceKey, startGateway } from "../kit/gateway.ts"

const gateway = await startGateway()
afterAll(() => gateway.stop())
const file = join(gateway.dir, "signalbox.yaml")
const good = readFileSync(file, "utf8")
const isKnown = async () => (await gateway.get("/v1/auth/check", inferenceKey)).ok

for (const [name, break_, says] of [
  ["that goes", () => rmSync(file), "not there"],
  ["that is empty for a moment", () => writeFileSync(file, "\n"), "is empty"],
  [
    "that asks for a strategy that no plugin has",
    () => writeFileSync(file, `${good.slice(0, -1)},"strategy":"nope"}`),
    "nope",
  ],
] as const)
  test(`a file ${name} changes nothing`, async () => {
    break_()
    const { ok, problems } = await gateway.gateway.reload("test")
    expect(ok).toBe(false)
    expect(problems.join("\n")).toContain(says)
    expect(await isKnown()).toBe(true)
    writeFileSync(file, good)
    expect((await gateway.gateway.reload("test")).ok).toBe(true)
    expect(await isKnown()).toBe(true)
  })

test("mistakes that show only when everything is put together are told each with its place", async () => {
  const [config, more] = [good.slice(0, -1), `"routing":{"provider":{"only":"x","zrd":true}},"strategy":"nope"}`]
  writeFileSync(file, `${config},\n${more}`)
  const { ok, problems } = await gateway.gateway.reload("test")
  writeFileSync(file, good)
  expect(ok).toBe(false)
  expect(problems).toHaveLength(3)
  for (const member of ["only", "zrd"])
    expect(problems.join("\n")).toMatch(new RegExp(`signalbox\\.yaml:2:\\d+: "routing\\.provider\\.${member}"`))
})

test("a gateway that began without a file takes the one that is written later, says so, and keeps it", async () => {
  const dir = mkdtempSync(join(tmpdir(), "signalbox-test-"))
  const later = join(dir, "signalbox.yaml")
  const load = () =>
    loadConfig({ cwd: dir, env: {}, readFile: (path) => readFile(path, "utf8"), overrides: { port: 0 } })
  const log = createLogger({
    level: "error",
    format: "json",
    redactor: createRedactor(),
    now: Date.now,
    write: () => {},
  })
  const started = await createGateway({ config: (await load()).config, env: {}, log, version: "test", load })
  try {
    const { url } = await started.listen()
    const headers = { authorization: `Bearer ${started.firstRun.adminKey}` }
    const fileInForce = async () =>
      ((await (await fetch(`${url}/admin/state`, { headers })).json()) as { config_file: unknown }).config_file
    expect(await fileInForce()).toBe(null)
    writeFileSync(later, "aliases: { quick: mock/echo }\n")
    expect((await started.reload("test")).ok).toBe(true)
    expect(await fileInForce()).toBe(later)
    rmSync(later)
    expect(await started.reload("test")).toMatchObject({ ok: false, problems: [expect.stringContaining("not there")] })
    expect(await fileInForce()).toBe(later)
  } finally {
    await started.stop(1000)
    rmSync(dir, { recursive: true, force: true })
  }
})
