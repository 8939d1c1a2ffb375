import { afterAll, expect, test } from "bun:test"
import { ask, startRig } from "../kit/upstreams.ts"

const rig = await startRig(["error-401", "text"], { retries: { same_upstream: 0 } })
afterAll(() => rig.stop())
const { gateway } = rig

interface Line {
  readonly level: string
  readonly message: string
  readonly requestId?: string
  readonly attempts?: readonly unknown[]
}

/** The log's line about a request, found by the header that its client got. */
const lineOf = async (answer: Response): Promise<Line | undefined> => {
  await answer.text()
  const id = answer.headers.get("x-request-id")
  const lines = gateway
    .logged()
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Line)
  return lines.find(({ message, requestId }) => message === "request" && requestId === id)
}

test("an upstream that refuses the gateway's key is told to the operator, though another one answered", async () => {
  const answer = await gateway.chat(ask("Hello"))
  expect(answer.status).toBe(200)
  expect(await lineOf(answer)).toMatchObject({
    level: "warn",
    status: 200,
    provider: "p1",
    attempts: [
      { provider: "p0", status: 401, code: "provider_auth", reason: expect.any(String) },
      { provider: "p1", status: 200 },
    ],
  })
})

test("what went well is a line for those who debug", async () => {
  await gateway.configure({
    providers: [{ id: "p1", plugin: "openai-compatible", base_url: rig.fakes[1]!.url, api_key: "k" }],
  })
  const line = await lineOf(await gateway.chat(ask("Hello", { model: "p1/text", stream: true })))
  expect(line).toMatchObject({ level: "debug", status: 200, provider: "p1" })
  expect(line).not.toHaveProperty("attempts")
})

test("a refusal is told with its code", async () => {
  const line = await lineOf(await gateway.chat(ask("Hello", { model: "p9/nothing" })))
  expect(line).toMatchObject({ level: "info", status: 404, code: "model_not_found" })
})
