import { afterAll, expect, test } from "bun:test"
import { environmentSecrets } from "../../src/catalog/provider.ts"
import { startGateway } from "../kit/gateway.ts"

/** Looks like no vendor's key, so that nothing but knowing it can hide it. */
const secret = "correct horse battery staple"

const upstream = Bun.serve({
  port: 0,
  fetch: (request) =>
    Response.json(
      { error: { message: `no such customer: ${request.headers.get("authorization")?.slice("Bearer ".length)}` } },
      { status: 400 },
    ),
})
afterAll(() => upstream.stop(true))

test("a key that only the environment has is hidden from the log, as one of the file is", async () => {
  const gateway = await startGateway(
    { providers: [{ id: "openai", base_url: `http://127.0.0.1:${upstream.port}/v1` }] },
    { OPENAI_API_KEY: secret },
  )
  const body = { model: "openai/gpt-4o", messages: [{ role: "user", content: "hello" }] }
  const response = await gateway.chat(body)
  expect(response.status).toBe(400)
  const logged = gateway.logged()
  await gateway.stop()
  expect(logged).toContain("no such customer")
  expect(logged).not.toContain(secret)
})

test("of further variables those that hold a credential, not its place, and not what everybody may read", () => {
  const environment = ["VENDOR_API_KEY", "VENDOR_KEY"]
  const variables = ["VENDOR_REGION", "VENDOR_CLIENT_SECRET", "VENDOR_SESSION_TOKEN", "VENDOR_TOKEN_FILE"]
  const definition = { id: "v", name: "V", environment, variables, create: () => ({}) }
  const env = {
    VENDOR_KEY: "a",
    VENDOR_REGION: "b",
    VENDOR_CLIENT_SECRET: "c",
    VENDOR_TOKEN_FILE: "d",
    OTHER_SECRET: "e",
  }
  expect(environmentSecrets([definition], env)).toEqual(["a", "c"])
})
