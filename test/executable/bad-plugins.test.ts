import { afterAll, describe, expect, test } from "bun:test"
import { renameSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { startExecutable } from "../kit/executable.ts"

const admin = { authorization: "Bearer bad-plugins-admin-0123456789" }
const auth = { authorization: "Bearer bad-plugins-key-0123456789" }
const yaml = (server = "") => `admin_key: bad-plugins-admin-0123456789
keys: [{ name: test, key: bad-plugins-key-0123456789 }]
server: { ${server} }
plugins: { hook_seconds: 0.5 }
timeouts: { first_part: 0.5, idle: 0.5 }
`

/** A plugin with one model, `NAME/model`; `setup` runs before it is there, `chat` instead of an answer. */
const plugin = (name: string, { setup = "", chat = "" }: { setup?: string; chat?: string }) => `
import { definePlugin, Type } from "signalbox/plugin"

export default definePlugin({
  name: "${name}",
  contract: 1,
  options: Type.Object({}),
  async setup() {
    ${setup}
    return {
      providers: [
        {
          id: "${name}",
          name: "${name}",
          create: () => ({
            models: [{ model: "${name}/model", upstream: "model", price: { input: 1, output: 1 } }],
            async *chat() {
              yield { type: "start" }
              ${chat}
              yield { type: "text-start", index: 0 }
              yield { type: "text-delta", index: 0, text: "fine" }
              yield { type: "text-end", index: 0 }
              yield { type: "finish", reason: "stop", raw: "stop" }
            },
          }),
        },
      ],
    }
  },
})
`

const ask = (url: string, model: string, content = "one two", more: object = {}) =>
  fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: auth,
    body: JSON.stringify({ model, messages: [{ role: "user", content }], ...more }),
  })

/** Other people's requests, plain and streamed, as long as the work takes: all of them must be answered whole. */
const besideOthers = async (url: string, work: () => Promise<void>) => {
  let ended = false
  const plain = async () => {
    let count = 0
    for (; !ended || count === 0; count++) {
      const response = await ask(url, "mock/echo")
      expect(response.status).toBe(200)
      expect(await response.text()).toContain("one two")
    }
    return count
  }
  const streamed = async () => {
    let count = 0
    for (; !ended || count === 0; count++) {
      const script = JSON.stringify({ text: "a b c d", wordMs: 20 })
      const text = await (await ask(url, "mock/script", script, { stream: true })).text()
      expect(text).toEndWith("data: [DONE]\n\n")
      expect(text).not.toContain('"error"')
    }
    return count
  }
  const all = Promise.all([plain(), plain(), streamed(), streamed()])
  try {
    await work()
  } finally {
    ended = true
    await all
  }
}

interface PluginRow {
  readonly name: string
  readonly state: string
  readonly failures: number
  readonly last_error?: { readonly message: string; readonly hook: string }
}

describe("one gateway, one bad plugin after the other", async () => {
  const running = await startExecutable({
    yaml: yaml(),
    files: { "plugins/slow-start.ts": plugin("slow-start", { setup: "await new Promise(() => {})" }) },
  })
  afterAll(async () => {
    expect(await running.stop()).toBe(0)
  })
  const row = async (name: string): Promise<PluginRow | undefined> => {
    const response = await fetch(`${running.url}/admin/plugins`, { headers: admin })
    return ((await response.json()) as { data: PluginRow[] }).data.find((plugin) => plugin.name === name)
  }
  /** Saves the plugin as an editor does; the log says when it was read. */
  const drop = async (name: string, body: Parameters<typeof plugin>[1], told: string | RegExp) => {
    writeFileSync(join(running.cwd, "plugins", `.${name}`), plugin(name, body))
    renameSync(join(running.cwd, "plugins", `.${name}`), join(running.cwd, "plugins", `${name}.ts`))
    await running.until(told)
  }
  const readAgain = (name: string) => new RegExp(`"plugins read again","names":\\["${name}\\.ts"\\]`)

  test("one that hangs in setup at the start is left out; the start goes on without it", async () => {
    expect(await row("slow-start")).toMatchObject({
      state: "failed",
      last_error: { hook: "setup", message: expect.stringContaining("did not answer within 0.5 s") },
    })
    expect((await ask(running.url, "slow-start/model")).status).toBe(404)
    expect((await ask(running.url, "mock/echo")).status).toBe(200)
  })

  test("one that hangs in setup later is left out while others are served", async () => {
    await besideOthers(running.url, async () => {
      await drop("hang-setup", { setup: "await new Promise(() => {})" }, /hang-setup.*did not answer within/)
    })
    expect(await row("hang-setup")).toMatchObject({ state: "failed", last_error: { hook: "setup" } })
  })

  test("one that throws in chat: 502 with its name, and the answers of others are whole", async () => {
    await drop("throws", { chat: `throw new Error("no luck today")` }, readAgain("throws"))
    await besideOthers(running.url, async () => {
      const response = await ask(running.url, "throws/model")
      expect(response.status).toBe(502)
      expect(await response.text()).toContain("throws")
    })
    expect(await row("throws")).toMatchObject({ state: "live", failures: 1, last_error: { message: "no luck today" } })
  })

  test("one that hangs in chat: an error at the deadline, and the answers of others are whole", async () => {
    await drop("hang-chat", { chat: "await new Promise(() => {})" }, readAgain("hang-chat"))
    await besideOthers(running.url, async () => {
      const [plain, streamed] = await Promise.all([
        ask(running.url, "hang-chat/model"),
        ask(running.url, "hang-chat/model", "hi", { stream: true }),
      ])
      expect([plain.status, streamed.status]).toEqual([503, 503])
      for (const response of [plain, streamed]) expect(await response.text()).toContain("did not answer in time")
    })
  })

  test("one that throws from a timer and rejects a promise nobody waits for is blamed and goes on", async () => {
    await besideOthers(running.url, async () => {
      const chat = `
      setTimeout(() => { throw new Error("from a timer") }, 1)
      void Promise.reject(new Error("from a promise"))`
      await drop("late", { chat }, readAgain("late"))
      const response = await ask(running.url, "late/model")
      expect(response.status).toBe(200)
      await running.until(/"message":"plugin fault".*from a timer/)
      await running.until(/"message":"plugin fault".*from a promise/)
    })
    expect(await row("late")).toMatchObject({ state: "live", failures: 2 })
    expect((await ask(running.url, "late/model")).status).toBe(200)
  })
})

describe("a plugin that loops for ever", () => {
  test("in chat: the watchdog ends the process with SIGKILL, and the next start has what was written", async () => {
    const files = { "plugins/loops.ts": plugin("loops", { chat: "for (;;);" }) }
    const first = await startExecutable({
      yaml: `${yaml("watchdog_seconds: 1")}ledger: { durability: strict }\n`,
      files,
    })
    const answered = await ask(first.url, "mock/echo")
    const id = answered.headers.get("x-generation-id")
    await answered.text()
    await expect(ask(first.url, "loops/model").then((response) => response.text())).rejects.toThrow()
    expect(await first.exited).toBe(137)
    await first.until("stood still for 1 s; ending the process")
    const second = await startExecutable({ cwd: first.cwd })
    const found = await fetch(`${second.url}/api/v1/generation?id=${id}`, { headers: auth })
    expect(found.status).toBe(200)
    expect(await second.stop()).toBe(0)
    rmSync(first.cwd, { recursive: true, force: true })
  }, 30_000)

  test("in setup, at the start: the same, before it ever listened", async () => {
    const files = { "plugins/loops.ts": plugin("loops", { setup: "for (;;);" }) }
    await expect(startExecutable({ yaml: yaml("watchdog_seconds: 1"), files })).rejects.toThrow(
      "stood still for 1 s; ending the process",
    )
  }, 30_000)
})
