import { afterAll, expect, test } from "bun:test"
import OpenAI from "openai"
import { startAimock } from "./aimock.ts"

const aimock = await startAimock()
afterAll(() => aimock.stop())
const client = new OpenAI({ apiKey: "sk-test", baseURL: aimock.url, maxRetries: 0 })
const ask = async (content: string) => {
  const reply = await client.chat.completions.create({ model: "gpt-4o", messages: [{ role: "user", content }] })
  return reply.choices[0]?.message
}

test("answers by the words of the question", async () => {
  expect((await ask("hi"))?.content).toBe("Hello from aimock.")
  expect((await ask("the weather?"))?.tool_calls).toHaveLength(1)
  expect((await ask("weather in two cities"))?.tool_calls).toHaveLength(2)
  expect((await ask("as json"))?.content).toBe('{"city":"Köln"}')
  expect(aimock.requests()).toHaveLength(4)
})

test("fails by the words of the question", async () => {
  const status = (content: string) =>
    ask(content).then(
      () => 200,
      (error: unknown) => (error as { status?: number }).status,
    )
  expect(await status("boom")).toBe(529)
  expect(await status("slow down")).toBe(429)
})
