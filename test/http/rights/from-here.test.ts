import { afterAll, expect, test } from "bun:test"
import { adminKey, startGateway } from "../../kit/gateway.ts"

/** On loopback metrics need no key: but only for who is on this machine, and not for what leads to it. */

const gateway = await startGateway()
afterAll(() => gateway.stop())

const ask = async (headers: Readonly<Record<string, string>>, path = "/metrics"): Promise<number> => {
  const response = await fetch(gateway.url + path, { headers })
  await response.text()
  return response.status
}

test.each(["localhost", "LOCALHOST:8080", "127.0.0.1", "127.0.0.1:1", "[::1]:8080"])("asked as %s", async (host) => {
  expect(await ask({ host })).toBe(200)
  expect(await ask({ host }, "//metrics")).toBe(200)
})

test.each([
  ["by a name that leads here", { host: "evil.example.test" }],
  ["by a name that begins like this machine", { host: "127.0.0.1.evil.test" }],
  ["by a name that ends like this machine", { host: "evil.localhost" }],
  ["through a proxy", { "x-forwarded-for": "203.0.113.7" }],
  ["through a proxy that says so in the new way", { forwarded: "for=203.0.113.7" }],
])("%s it needs a key", async (_, headers) => {
  expect(await ask(headers)).toBe(401)
  expect(await ask(headers, "//metrics")).toBe(401)
  expect(await ask({ ...headers, authorization: `Bearer ${adminKey}` })).toBe(200)
})
