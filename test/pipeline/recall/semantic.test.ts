import { afterEach, beforeEach, expect, test } from "bun:test"
import { adminKey, inferenceKey } from "../../kit/gateway.ts"
import { askScripted, type ScriptedRig, saying, startScripted } from "../../kit/scripted-provider.ts"
import { generationOf } from "../../kit/upstreams.ts"

const otherKey = "another-inference-key-0123456789"
const poorKey = "a-key-without-money-0123456789"
const keys = [
  { name: "test", key: inferenceKey, models: ["scripted/model"] },
  { name: "other", key: otherKey },
  { name: "poor", key: poorKey, limit: 0 },
]
const use = [{ name: "semantic-cache", options: { model: "scripted/embed", threshold: 0.9 } }]

let rig: ScriptedRig
let embedded: string[]
beforeEach(async () => {
  rig = await startScripted({ cache: { enabled: true }, keys, plugins: { use } })
  rig.answerBy(({ request }) => saying(`answer to ${JSON.stringify(request.messages.at(-1)?.content)}`))
  embedded = []
  // The first letter is the direction: texts that begin alike mean the same.
  rig.embedBy(async ({ input }) =>
    input.map((one) => {
      const text = one.type === "text" ? one.text : ""
      embedded.push(text)
      const angle = (text.charCodeAt(0) / 26) * Math.PI
      return [Math.cos(angle), Math.sin(angle)]
    }),
  )
})
afterEach(() => rig.stop())

const ask = async (content: string, more: object = {}, headers: Record<string, string> = {}) => {
  const response = await rig.gateway.chat(askScripted(content, more as never), headers)
  const text = await response.text()
  return { cache: response.headers.get("x-requesty-cache"), text, response }
}

test("a question that means the same gets the remembered answer, after an exact miss only", async () => {
  const first = await ask("apples are good?")
  expect(embedded).toEqual(["apples are good?"])
  const same = await ask("apples, are they good?")
  expect(same.cache).toBe("HIT")
  expect(same.text).toContain("apples are good?")
  const record = await generationOf(rig.gateway, same.response)
  expect(record).toMatchObject({
    total_cost: 0,
    cache: { name: "semantic-cache", source_id: first.response.headers.get("x-generation-id") },
  })
  expect((await ask("zebras?")).cache).toBe("MISS")
  embedded = []
  const exact = await ask("apples are good?")
  expect(await generationOf(rig.gateway, exact.response)).toMatchObject({ cache: { name: "response-cache" } })
  expect(embedded).toEqual([])
})

test("never across keys, models, instructions, tools, parameters or earlier turns", async () => {
  await ask("apples?")
  const tool = { type: "function", function: { name: "f", parameters: { type: "object" } } }
  const turn = (messages: object[]) => ({ messages: [...messages, { role: "user", content: "apples!" }] })
  for (const [more, headers] of [
    [{}, { authorization: `Bearer ${otherKey}` }],
    [{ model: "scripted/other" }, { authorization: `Bearer ${otherKey}` }],
    [{ temperature: 0.1 }, {}],
    [{ tools: [tool] }, {}],
    [turn([{ role: "system", content: "Be brief." }]), {}],
    [
      turn([
        { role: "user", content: "a" },
        { role: "assistant", content: "b" },
      ]),
      {},
    ],
    [{ provider: { allow_fallbacks: false } }, {}],
  ] as const)
    expect([more, (await ask("apples!", more, headers as Record<string, string>)).cache]).toEqual([more, "MISS"])
  expect((await ask("apples!")).cache).toBe("HIT")
})

test("the key whose question it is pays for its vector, in a row of its own, whichever models it may ask for itself", async () => {
  const { response } = await ask("apples?")
  const lines = rig.gateway.logged().split("\n")
  const line = lines.find((one) => one.includes("scripted/embed") && one.includes("generation"))
  const { generation: id } = JSON.parse(line ?? "{}") as { generation?: string }
  const found = await rig.gateway.get(`/api/v1/generation?id=${id}`)
  expect(((await found.json()) as { data: object }).data).toMatchObject({
    model: "scripted/embed",
    usage_estimated: true,
    labels: { metadata: { plugin: "semantic-cache", request_id: response.headers.get("x-request-id") } },
  })
  expect((await rig.gateway.post("/v1/embeddings", { model: "scripted/embed", input: "x" })).status).toBe(403)
})

test("an embedder that fails is a miss, and so is a key that cannot pay for it", async () => {
  rig.embedBy(async () => {
    throw new Error("down")
  })
  expect((await ask("apples?")).response.status).toBe(200)
  expect((await ask("apples!")).cache).toBe("MISS")
  const figures = await (await rig.gateway.get("/admin/cache", adminKey)).json()
  const semantic = (figures as { data: { name: string; failed: number; entries: number }[] }).data.find(
    ({ name }) => name === "semantic-cache",
  )
  expect(semantic?.entries).toBe(0)
  expect(semantic?.failed).toBeGreaterThan(0)
})

test("a key that has no money left is refused its question, not only the vector", async () => {
  const refused = await ask("apples?", {}, { authorization: `Bearer ${poorKey}` })
  expect(refused.response.status).toBe(412)
  expect(embedded).toEqual([])
})

test("where nothing is to be remembered, nothing is embedded", async () => {
  await ask("apples?", {}, { "x-signalbox-cache": "off" })
  await ask("apples?", { provider: { zdr: true } })
  expect(embedded).toEqual([])
})
