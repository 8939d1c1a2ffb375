import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { builtExecutable, runExecutable, startExecutable } from "../kit/executable.ts"

const folders: string[] = []
const buildSeconds = 120

beforeAll(async () => {
  await builtExecutable()
}, buildSeconds * 1000)

const empty = () => {
  const folder = mkdtempSync(join(tmpdir(), "signalbox-alone-"))
  folders.push(folder)
  return folder
}
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

describe("the executable, alone in an empty folder", () => {
  test("runs the commands that need no gateway", async () => {
    const cwd = empty()
    cpSync(await builtExecutable(), join(cwd, "signalbox"))
    const run = async (...words: string[]) => {
      const child = Bun.spawn([join(cwd, "signalbox"), ...words], { cwd, env: {}, stdout: "pipe", stderr: "pipe" })
      const out = await new Response(child.stdout).text()
      return { code: await child.exited, out }
    }
    expect(await run("version")).toMatchObject({ code: 0, out: expect.stringMatching(/^signalbox \d/) })
    expect(await run("init")).toMatchObject({ code: 0 })
    expect(await run("check")).toMatchObject({ code: 0, out: expect.stringContaining("fine") })
    expect(await run("srve")).toMatchObject({ code: 2, out: "" })
    expect(await run("check", "none.yaml")).toMatchObject({ code: 2 })
  })

  test("opens its database though the temporary folder is not usable", async () => {
    const cwd = empty()
    const env = { TMPDIR: "/nonexistent/tmp" }
    const made = await runExecutable(["keys", "create", "dev"], cwd, env)
    expect(made).toMatchObject({ code: 0, out: expect.stringMatching(/^sk-/) })
    expect((await runExecutable(["keys", "list"], cwd, env)).out).toContain("dev")
    expect(readdirSync(join(cwd, "data/runtime")).some((name) => name.endsWith(".node"))).toBe(true)
  })

  test.each([["provider"], ["guardrail"], ["cache"], ["strategy"], ["transform"], ["sink"], ["search"]])(
    "writes a %s that passes its own check",
    async (kind) => {
      const cwd = empty()
      expect(await runExecutable(["plugin", "new", kind, "mine"], cwd)).toMatchObject({ code: 0 })
      expect(await runExecutable(["check", "plugins/mine"], cwd)).toMatchObject({ code: 0, error: "" })
    },
  )

  test("ignores what lies in the working directory", async () => {
    const cwd = empty()
    writeFileSync(join(cwd, "bunfig.toml"), 'preload = ["./planted.ts"]\n')
    writeFileSync(join(cwd, "planted.ts"), 'console.log("planted")\n')
    writeFileSync(join(cwd, ".env"), "PLANTED=1\n")
    writeFileSync(join(cwd, "signalbox.yaml"), "default_model: ${PLANTED}\n")
    const { code, out, error } = await runExecutable(["check"], cwd)
    expect(code).toBe(2)
    expect(error).toContain("the environment variable PLANTED is not set")
    expect(out).not.toContain("planted")
  })
})

describe("serve", () => {
  test("prints a line that works, keeps the lock while it runs, ends with 0", async () => {
    const gateway = await startExecutable()
    expect(gateway.adminKey).toStartWith("sk-")
    expect(gateway.inferenceKey).toStartWith("sk-")
    const holder = JSON.parse(readFileSync(join(gateway.cwd, "data/signalbox.lock"), "utf8"))
    expect(holder).toMatchObject({ pid: gateway.pid, url: gateway.url })
    const line = /^curl .*$/m.exec(gateway.stdout())![0]
    const curl = Bun.spawn(["sh", "-c", line], { stdout: "pipe", stderr: "ignore" })
    const answer = await new Response(curl.stdout).text()
    expect(answer).toContain("data: [DONE]")
    expect(answer).toContain("Hello")
    const second = await runExecutable(["serve", "--port", "0"], gateway.cwd)
    expect(second.code).toBe(1)
    expect(second.error).toContain(`in use by a gateway with process id ${gateway.pid}`)
    const port = new URL(gateway.url).port
    const other = await runExecutable(["serve", "--port", port, "--data-dir", "other"], gateway.cwd)
    expect(other.code).toBe(1)
    expect(other.error).toContain(`port ${port} on 127.0.0.1 is in use`)
    expect(await gateway.stop()).toBe(0)
  })

  test("raises the runtime's cap on requests and keeps native libraries to itself", async () => {
    const gateway = await startExecutable()
    const environment = readFileSync(`/proc/${gateway.pid}/environ`, "utf8").split("\0")
    expect(environment).toContain("BUN_CONFIG_MAX_HTTP_REQUESTS=16384")
    expect(environment).toContain(`BUN_TMPDIR=${join(gateway.cwd, "data/runtime")}`)
    expect(await gateway.stop()).toBe(0)
  })

  test("reads a saved file again, and leaves the old one running when it is wrong", async () => {
    const gateway = await startExecutable({ yaml: "log: { level: info }\n" })
    writeFileSync(join(gateway.cwd, "signalbox.yaml"), "log: { level: info }\ndefault_model: mock/echo\n")
    await gateway.until("configuration reloaded")
    writeFileSync(join(gateway.cwd, "signalbox.yaml"), "defaultModel: x\n")
    await gateway.until("did you mean default_model?")
    expect((await fetch(`${gateway.url}/health`)).status).toBe(200)
    expect(await gateway.stop()).toBe(0)
  })

  test("manages keys and lists models for the other commands while it runs", async () => {
    const gateway = await startExecutable()
    const run = (...words: string[]) => runExecutable(words, gateway.cwd, { SIGNALBOX_ADMIN_KEY: gateway.adminKey })
    const made = await run("keys", "create", "ci", "--limit", "1.5", "--limit-reset", "daily")
    expect(made.code).toBe(0)
    expect(made.out).toMatch(/^sk-/)
    const headers = { authorization: `Bearer ${made.out.trim()}` }
    const check = () => fetch(`${gateway.url}/v1/auth/check`, { headers })
    expect((await check()).status).toBe(200)
    expect((await run("keys", "list")).out).toMatch(/^ci +inference +active +1\.5 USD daily +all +never +store /m)
    expect(await run("keys", "disable", "ci")).toMatchObject({ code: 0, out: "The key ci is disabled.\n" })
    expect((await check()).ok).toBe(false)
    expect((await run("models", "--refresh")).out).toContain("mock/echo")
    expect(await gateway.stop()).toBe(0)
  })

  test("takes over from a gateway that was killed", async () => {
    const first = await startExecutable()
    expect(await first.kill()).toBe(137)
    const second = await startExecutable({ cwd: first.cwd })
    expect(second.adminKey).toBe("")
    expect(await second.stop()).toBe(0)
    rmSync(first.cwd, { recursive: true, force: true })
  })
})
