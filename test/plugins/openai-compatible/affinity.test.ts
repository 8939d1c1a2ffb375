import { expect, test } from "bun:test"
import { vendors } from "../../../plugins/openai-compatible/vendors.ts"
import { createWire, vendorOf } from "./kit.ts"

const account = { options: { account: "0123456789abcdef0123456789abcdef" } }
const rows: readonly (readonly [string, string, object])[] = [
  ["fireworks", "x-session-affinity", {}],
  ["cloudflare-workers-ai", "x-session-affinity", account],
  ["baseten", "x-baseten-session-id", {}],
  ["openrouter", "x-session-id", {}],
  ["xai", "x-grok-conv-id", {}],
]

test.each(rows)("%s gets the session as %s, and no header where there is none", (slug, header, more) => {
  const { endpoint } = createWire(slug, more)
  for (const stream of [true, false]) {
    expect(endpoint({ model: "m", stream, session: "run-1" }).headers[header]).toBe("run-1")
    expect(endpoint({ model: "m", stream }).headers).not.toHaveProperty(header)
  }
})

test("so it does in every format of the vendor", () => {
  for (const { name } of vendorOf("fireworks").formats ?? [])
    expect(
      createWire("fireworks", {}, name).endpoint({ model: "m", stream: true, session: "s" }).headers,
    ).toMatchObject({
      "x-session-affinity": "s",
    })
})

test("the operator's own header wins", () => {
  const { endpoint } = createWire("openrouter", { headers: { "X-Session-Id": "mine" } })
  expect(endpoint({ model: "m", stream: true, session: "s" }).headers["x-session-id"]).toBe("mine")
})

test("others get nothing they do not ask for", () => {
  expect(
    vendors
      .filter(({ affinityHeader }) => affinityHeader)
      .map(({ slug }) => slug)
      .toSorted(),
  ).toEqual(rows.map(([slug]) => slug).toSorted())
  const plain = createWire("groq").endpoint({ model: "m", stream: true })
  expect(createWire("groq").endpoint({ model: "m", stream: true, session: "s" })).toEqual(plain)
})
