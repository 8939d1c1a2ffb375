import { afterAll, describe, expect, test } from "bun:test"
import { existsSync, readdirSync } from "node:fs"
import { join } from "node:path"
import OpenAI from "openai"
import { startExecutable } from "../kit/executable.ts"

const running = await startExecutable()
afterAll(async () => {
  await running.stop()
})

describe("in an empty folder", () => {
  test("it says where it listens, where its data is, and two keys", () => {
    expect(running.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect(running.adminKey).toStartWith("sk-sbx-admin-v1-")
    expect(running.inferenceKey).toStartWith("sk-sbx-v1-")
    expect(running.stdout()).toContain(join(running.cwd, "data"))
  })

  test("the curl line works as printed", async () => {
    const line = /^curl .*$/m.exec(running.stdout())![0]
    const shell = Bun.spawn(["sh", "-c", line], { stdout: "pipe", stderr: "ignore" })
    const out = await new Response(shell.stdout).text()
    expect(await shell.exited).toBe(0)
    expect(out).toContain('"content":"Hello')
    expect(out.trimEnd()).toEndWith("data: [DONE]")
  })

  test("mock/echo counts words and costs 1 USD in and 2 USD out per million", async () => {
    const client = new OpenAI({ baseURL: `${running.url}/v1`, apiKey: running.inferenceKey })
    const reply = await client.chat.completions.create({
      model: "mock/echo",
      messages: [{ role: "user", content: "one two three" }],
    })
    expect(reply.choices[0]!.message.content).toBe("one two three")
    const usage = reply.usage as OpenAI.CompletionUsage & { cost: number }
    expect(usage.completion_tokens).toBe(3)
    expect(usage.cost).toBeCloseTo((usage.prompt_tokens + 2 * usage.completion_tokens) / 1e6, 12)
  })

  test("no model means the default one", async () => {
    const client = new OpenAI({ baseURL: `${running.url}/v1`, apiKey: running.inferenceKey })
    const reply = await client.chat.completions.create({ messages: [{ role: "user", content: "hi" }] } as never)
    expect((reply as { model: string }).model).toBe("mock/echo")
  })

  test("everything it writes is in its data folder", () => {
    expect(readdirSync(running.cwd).sort()).toEqual(["data"])
    expect(existsSync(join(running.cwd, "data", "runtime"))).toBe(true)
  })

  test("health and metrics", async () => {
    expect(await (await fetch(`${running.url}/health`)).json()).toMatchObject({ status: "ok", ready: true, live: true })
    const metrics = await (await fetch(`${running.url}/metrics`)).text()
    for (const name of [
      "signalbox_requests_total",
      "signalbox_tokens_total",
      "signalbox_cost_usd_total",
      "signalbox_overhead_seconds_bucket",
      "signalbox_ledger_queued_rows",
      "signalbox_plugin_failures_total",
    ]) {
      expect(metrics).toContain(name)
    }
    expect((await fetch(`${running.url}/api/hello`, { method: "HEAD" })).status).toBe(200)
  })
})
