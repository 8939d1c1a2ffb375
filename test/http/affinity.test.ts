import { afterAll, describe, expect, test } from "bun:test"
import { startGateway } from "../kit/gateway.ts"

const seen: (string | null)[] = []
const upstream = Bun.serve({
  port: 0,
  async fetch(request) {
    await request.text()
    seen.push(request.headers.get("x-session-id"))
    return Response.json({
      id: "c",
      object: "chat.completion",
      created: 1,
      model: "m",
      choices: [{ index: 0, message: { role: "assistant", content: "hello" }, finish_reason: "stop" }],
      usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
    })
  },
})
const gateway = await startGateway({
  providers: [
    {
      id: "openrouter",
      api_key: "sk-or-test",
      base_url: `http://127.0.0.1:${upstream.port}/v1`,
      options: { formats: ["chat-completions"] },
    },
  ],
})
afterAll(async () => {
  await gateway.stop()
  await upstream.stop(true)
})

const messages = [{ role: "user", content: "hello" }]
const ask = async (path: string, body: object, headers: Readonly<Record<string, string>> = {}) => {
  const response = await gateway.post(path, { model: "openrouter/some/model", messages, ...body }, headers)
  expect(response.status).toBe(200)
  return seen.pop()
}
const chat = (body: object, headers?: Readonly<Record<string, string>>) => ask("/v1/chat/completions", body, headers)

describe("a vendor that routes by session is told which one a request belongs to", () => {
  test("by the key of the prompt's cache, the body's session, the header's", async () => {
    const header = { "x-session-id": "of-the-header" }
    expect(await chat({ prompt_cache_key: "key", session_id: "session" }, header)).toBe("key")
    expect(await chat({ session_id: "session" }, header)).toBe("session")
    expect(await chat({}, header)).toBe("of-the-header")
    expect(await chat({})).toBeNull()
  })
  test.each(["x-claude-code-session-id", "session-id", "session_id"])("as agents call it: %s", async (name) => {
    expect(await ask("/v1/messages", { max_tokens: 9 }, { [name]: "run" })).toBe("run")
  })
  test("in characters that a header can hold, the same each time", async () => {
    const odd = await chat({ session_id: "gespräch 1\n" })
    expect(odd).toMatch(/^[A-Za-z0-9]{22}$/)
    expect(await chat({ session_id: "gespräch 1\n" })).toBe(odd!)
    expect(await chat({ session_id: "gespräch 2\n" })).not.toBe(odd!)
    expect(await chat({ session_id: "x".repeat(257) })).toMatch(/^[A-Za-z0-9]{22}$/)
  })
})
