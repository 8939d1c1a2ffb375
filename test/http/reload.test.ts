import { afterAll, expect, test } from "bun:test"
import { readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
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
