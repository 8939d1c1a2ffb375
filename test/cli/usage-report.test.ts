import { afterEach, beforeEach, expect, test } from "bun:test"
import { join } from "node:path"
import { type CliHarness, cliHarness } from "../kit/cli.ts"
import { adminKey, startGateway } from "../kit/gateway.ts"
import { generation, openTestStore } from "../store/support.ts"

let cli: CliHarness
beforeEach(() => {
  cli = cliHarness()
})
afterEach(() => cli.remove())

test("what a data directory knows, as a table, CSV and lines of JSON", async () => {
  const store = await openTestStore(join(cli.cwd, "data"))
  const now = cli.io.now()
  store.writer.append(generation({ costNano: 1_500_000_000, model: "a/b" }), now - 1)
  store.writer.append(generation({ costNano: 500_000_000, model: "=c" }), now - 1)
  await store.close()
  const asTable = await cli.run("usage", "--by", "model")
  expect(asTable.code).toBe(0)
  expect(asTable.out).toMatch(/^MODEL +REQUESTS .*\na\/b +1 +0 +10 +5 +1\.5000 .*\n=c +1 /)
  const csv = await cli.run("usage", "--by", "model", "--format", "csv")
  expect(csv.out.split("\r\n").map((line) => line.split(",").slice(0, 2))).toEqual([
    ["model", "requests"],
    ["a/b", "1"],
    ["'=c", "1"],
    [""],
  ])
  const { out } = await cli.run("usage", "--where", "model=a/*", "--format", "jsonl", "--percentiles", "50")
  expect(JSON.parse(out)).toMatchObject({ requests: 1, cost: 1.5, latency_p50_ms: expect.any(Number) })
  expect((await cli.run("usage", "--from", "2020-01-01", "--to", "2020-01-02")).out).toBe(
    "Nothing was used in that time.\n",
  )
  expect(await cli.run("usage", "--by", "nonsense")).toMatchObject({
    code: 1,
    error: expect.stringContaining("nonsense"),
  })
  expect((await cli.run("usage", "--format", "xml")).code).toBe(2)
})

test("small costs are shown in full", async () => {
  const store = await openTestStore(join(cli.cwd, "data"))
  store.writer.append(generation({ costNano: 18_000, model: "a/b" }), cli.io.now() - 1)
  await store.close()
  expect((await cli.run("usage", "--by", "model")).out).toMatch(/\na\/b +1 +0 +10 +5 +0\.000018 /)
})

test("a running gateway is asked", async () => {
  const gateway = await startGateway()
  try {
    await gateway.chat({ model: "mock/echo", messages: [{ role: "user", content: "hi" }] })
    const run = await cli.run(
      "usage",
      "--url",
      gateway.url,
      "--admin-key",
      adminKey,
      "--by",
      "model",
      "--format",
      "jsonl",
    )
    expect(JSON.parse(run.out)).toMatchObject({ model: "mock/echo", requests: 1 })
  } finally {
    await gateway.stop()
  }
})
