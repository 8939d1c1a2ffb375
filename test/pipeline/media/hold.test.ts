import { afterAll, expect, test } from "bun:test"
import { startFiles } from "../../kit/files.ts"
import { inferenceKey } from "../../kit/gateway.ts"
import { base64Of, pdfOf } from "../../kit/pdf.ts"
import { errorOf, generationOf } from "../../kit/upstreams.ts"

const rig = await startFiles({ keys: [{ name: "test", key: inferenceKey, limit: 0.02 }] })
afterAll(() => rig.stop())

/** Pages of 60 lines with 10 words each. */
const dense = (pages: number) => {
  const page = Array.from({ length: 60 }, () => Array.from({ length: 10 }, (_, at) => `word${at}`).join(" ")).join("\n")
  return pdfOf(Array.from({ length: pages }, () => page))
}
const ask = (bytes: Uint8Array, more: object = {}) =>
  rig.gateway.chat({
    model: "test/plain",
    messages: [
      {
        role: "user",
        content: [
          { type: "file", file: { filename: "a.pdf", file_data: `data:application/pdf;base64,${base64Of(bytes)}` } },
        ],
      },
    ],
    ...more,
  })

test("a document that turns out longer than its bytes told is held for, or refused before it is sent", async () => {
  // Some 26,000 tokens: 0.026 USD, of which its bytes told 10,000.
  const refused = await ask(dense(25), { max_tokens: 20 })
  expect(refused.status).toBe(412)
  expect((await errorOf(refused)).code).toBe("spend_limit_reached")
  expect(rig.plain.count).toBe(0)
})

test("a shorter one lowers the output limit to what is left", async () => {
  const response = await ask(dense(12), { max_tokens: 8000 })
  expect(response.status).toBe(200)
  const { max_tokens } = JSON.parse(rig.plain.requests.at(-1)!.body) as { max_tokens: number }
  expect(max_tokens).toBeLessThan(8000)
  const { losses } = await generationOf(rig.gateway, response)
  expect(losses.filter(({ path }) => path === "max_tokens").length).toBe(1)
})
