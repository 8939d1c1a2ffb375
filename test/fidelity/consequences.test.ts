import { afterAll, describe, expect, test } from "bun:test"
import type { JsonObject } from "../../src/contract/index.ts"
import { clients, hear } from "../kit/clients/all.ts"
import type { Client } from "../kit/clients/client.ts"
import { wordsFor } from "../kit/families/family.ts"
import { formatFamilies } from "../kit/families/formats.ts"
import { startFamilies } from "../kit/families/rig.ts"
import { tools } from "./features.ts"
import { headers, oddBodies } from "./odd-bodies.ts"

/** What real agents break on, and what they send that strict servers refuse: the same for every format and every upstream. */
const rig = await startFamilies(await formatFamilies())
const { gateway, families } = rig
afterAll(() => rig.stop())

/** Servers that are only nearly OpenAI's, and what they do to streams of tool calls. */
const manners = ["no-tool-index", "no-tool-id", "reused-tool-id", "blank-names", "whole-call", "calls-in-one-chunk"]

const post = (client: Client, model: string, body: JsonObject, stream: boolean) =>
  gateway.post(
    client.path({ model, text: "", stream }),
    stream && client.name !== "gemini" ? { ...body, stream } : body,
    headers,
  )

const codeOf = async (id: string | null): Promise<string | null> => {
  const found = await gateway.get(`/api/v1/generation?id=${id}`)
  return ((await found.json()) as { readonly data: { readonly error_code: string | null } }).data.error_code
}

for (const client of clients)
  describe(`${client.name} clients`, () => {
    for (const [name, body] of Object.entries(oddBodies[client.name] ?? {}))
      for (const { name: family, model } of families)
        test(`${name} → ${family}: carried or reported, never a 400 of ours`, async () => {
          for (const stream of [false, true]) {
            const response = await post(client, model, body(model), stream)
            const answer = await response.text()
            if (response.status === 200) continue
            // An upstream of the client's own format gets it all, and may know less than the client.
            expect([client.name, answer]).toEqual([family, answer])
            expect(await codeOf(response.headers.get("x-generation-id"))).toMatch(/^(?:upstream_|unsupported_)/)
          }
        })

    for (const family of families)
      test(`an ordinary request of an agent → ${family.name}: 100 kB, thirty tools, 32,000 tokens of output`, async () => {
        const many = Array.from({ length: 30 }, (_, index) => ({ ...tools[0]!, name: `tool_${index}` }))
        for (const stream of [false, true]) {
          const heard = await hear(
            gateway,
            client,
            {
              model: family.model,
              text: "hello",
              system: "word ".repeat(20_000),
              tools: many,
              maxTokens: 32_000,
              stream,
            },
            headers,
          )
          expect([heard.status, heard.refusal]).toEqual([200, undefined])
          const sent = JSON.stringify(family.bodies(family.model).at(-1))
          expect([sent.includes("tool_29"), sent.includes("32000"), sent.length > 100_000]).toEqual([true, true, true])
        }
      })

    for (const family of families)
      for (const scenario of ["bad key", "forbidden"] as const)
        test.skipIf(typeof family.words[scenario] !== "string")(
          `${scenario} at ${family.name} is the operator's, not the client's`,
          async () => {
            for (const stream of [false, true]) {
              const ask = { model: family.model, text: wordsFor(family, scenario), stream }
              expect((await hear(gateway, client, ask)).status).toBe(502)
            }
          },
        )

    for (const manner of manners)
      test(`an upstream with ${manner}: every call has its id, its index and its arguments`, async () => {
        const ask = { model: "test/chat-reasoner", text: `!parallel-tools+${manner}`, tools, stream: true }
        const { said } = await hear(gateway, client, ask)
        expect(new Set(said!.calls.map(({ id }) => id)).size).toBe(2)
        expect(said!.calls.map((call) => JSON.parse(call.arguments) as unknown)).toEqual([
          { city: "Köln", unit: "celsius" },
          { city: "Oslo", unit: "celsius" },
        ])
      })

    for (const words of ["!text+no-finish", "!text+no-finish+no-done", "!text+no-done", "!tools+no-finish+no-done"])
      test(`an upstream that ends by ${words.slice(1)}: the client's stream has an end of its format`, async () => {
        const { said } = await hear(gateway, client, { model: "test/chat-reasoner", text: words, tools, stream: true })
        expect(said!.finish ?? said!.error).toBeTruthy()
      })

    for (const family of families)
      for (const scenario of ["cut", "error later", "malformed event"] as const)
        test.skipIf(typeof family.words[scenario] !== "string")(
          `${scenario} at ${family.name}: the stream ends with an error of the client's format`,
          async () => {
            const ask = { model: family.model, text: wordsFor(family, scenario), stream: true }
            const heard = await hear(gateway, client, ask)
            expect(heard.said?.error ?? heard.refusal).toBeString()
          },
        )
  })
