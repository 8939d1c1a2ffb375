import { describe, expect, test } from "bun:test"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { runExecutable, startExecutable } from "../kit/executable.ts"

const keys = `admin_key: durability-admin-0123456789
keys: [{ name: test, key: durability-key-0123456789 }]
`
const ask = async (url: string): Promise<string | undefined> => {
  try {
    const response = await fetch(`${url}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: "Bearer durability-key-0123456789" },
      body: JSON.stringify({ model: "mock/echo", messages: [{ role: "user", content: "remember me" }] }),
    })
    await response.text()
    return response.headers.get("x-generation-id") ?? undefined
  } catch {
    return undefined
  }
}

/** Answers under load, a SIGKILL in the middle of it, and a look at what the next start still knows. */
async function answeredBeforeKill(
  durability: "strict" | "relaxed",
): Promise<{ acknowledged: string[]; found: string[]; sum: number; answered: number }> {
  const yaml = `${keys}ledger: { durability: ${durability} }\n`
  const first = await startExecutable({ yaml })
  const acknowledged: { id: string; at: number }[] = []
  let stopped = false
  const worker = async () => {
    while (!stopped) {
      const id = await ask(first.url)
      if (id) acknowledged.push({ id, at: performance.now() })
      if (acknowledged.length >= 600) break
    }
  }
  await Promise.all(Array.from({ length: 16 }, worker))
  stopped = true
  // The window is 20 ms; one more answer after a second of rest makes all those before it old enough.
  if (durability === "relaxed") {
    await first.until("listens on")
    await Bun.sleep(1100)
  }
  const killedAt = performance.now()
  await first.kill()
  const second = await startExecutable({ yaml, cwd: first.cwd })
  // Relaxed: what is younger than the flush window may be lost; a second is far more than it.
  const due = durability === "strict" ? acknowledged : acknowledged.filter(({ at }) => killedAt - at > 1000)
  const found: string[] = []
  for (const { id } of due) {
    const response = await fetch(`${second.url}/api/v1/generation?id=${id}`, {
      headers: { authorization: "Bearer durability-key-0123456789" },
    })
    if (response.ok) found.push(id)
  }
  const key = (await (
    await fetch(`${second.url}/api/v1/key`, { headers: { authorization: "Bearer durability-key-0123456789" } })
  ).json()) as { data: { usage: number } }
  await second.stop()
  rmSync(first.cwd, { recursive: true, force: true })
  // "remember me" is two words in and two out.
  return { acknowledged: due.map(({ id }) => id), found, sum: key.data.usage, answered: acknowledged.length }
}

describe("kill -9 under load", () => {
  test("strict: no answered request is lost, and the counters agree", async () => {
    const { acknowledged, found, sum, answered } = await answeredBeforeKill("strict")
    expect(acknowledged.length).toBeGreaterThanOrEqual(600)
    expect(found).toEqual(acknowledged)
    // Two words in at 1 and two words out at 2 USD per million; one more request per worker may have been written, not answered.
    expect(sum).toBeGreaterThanOrEqual((answered * 6) / 1e6 - 1e-9)
    expect(sum).toBeLessThanOrEqual(((answered + 16) * 6) / 1e6 + 1e-9)
  }, 60_000)
})

describe("kill -9 a second after the load", () => {
  test("relaxed: what is older than the flush window is there", async () => {
    const { acknowledged, found } = await answeredBeforeKill("relaxed")
    expect(found).toEqual(acknowledged)
  }, 60_000)
})

describe("who else is there", () => {
  test("the same data folder is refused", async () => {
    const first = await startExecutable({ yaml: keys })
    const { code, error } = await runExecutable(["serve", "--port", "0"], first.cwd)
    expect(code).toBe(1)
    expect(error).toMatch(/in use/)
    await first.stop()
  }, 30_000)

  test("the same port is refused with its number", async () => {
    const first = await startExecutable({ yaml: keys })
    const port = new URL(first.url).port
    const yaml = `${keys}server: { port: ${port} }\n`
    const folder = mkdtempSync(join(tmpdir(), "signalbox-port-"))
    writeFileSync(join(folder, "signalbox.yaml"), yaml)
    const { code, error } = await runExecutable(["serve"], folder)
    expect(code).toBe(1)
    expect(error).toMatch(new RegExp(`port ${port} .*in use`))
    rmSync(folder, { recursive: true, force: true })
    await first.stop()
  }, 30_000)
})

describe("SIGTERM", () => {
  test("a stream under way is finished, then the process ends with 0", async () => {
    const running = await startExecutable({ yaml: keys })
    const script = JSON.stringify({ text: "a b c d e f g h", wordMs: 40 })
    const response = await fetch(`${running.url}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: "Bearer durability-key-0123456789" },
      body: JSON.stringify({ model: "mock/script", stream: true, messages: [{ role: "user", content: script }] }),
    })
    const reader = response.body!.getReader()
    const decoder = new TextDecoder()
    let text = decoder.decode((await reader.read()).value)
    const code = running.stop()
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      text += decoder.decode(value)
    }
    expect(text).toContain("[DONE]")
    expect(await code).toBe(0)
  }, 30_000)
})
