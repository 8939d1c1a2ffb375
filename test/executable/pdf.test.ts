import { afterAll, expect, test } from "bun:test"
import { startExecutable } from "../kit/executable.ts"
import { startFakeOpenAi } from "../kit/fake-openai.ts"
import { base64Of, pdfOf } from "../kit/pdf.ts"

const upstream = await startFakeOpenAi({ strict: false })
const yaml = `
providers:
  - id: plain
    plugin: openai-compatible
    base_url: ${upstream.url}
    api_key: k
    models: [{ id: test/plain }]
`
const running = await startExecutable({ yaml })
afterAll(async () => {
  await running.stop()
  await upstream.stop()
})

test("the executable reads PDF", async () => {
  const file_data = `data:application/pdf;base64,${base64Of(pdfOf(["Inside the executable"]))}`
  const response = await fetch(`${running.url}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${running.inferenceKey}`, "content-type": "application/json" },
    body: JSON.stringify({
      model: "test/plain",
      messages: [{ role: "user", content: [{ type: "file", file: { filename: "a.pdf", file_data } }] }],
    }),
  })
  expect([response.status, await response.text()]).toEqual([200, expect.stringContaining("Inside the executable")])
  expect((await upstream.request(0)).body).toContain("[File: a.pdf]\\n--- Page 1 of 1 ---\\nInside the executable")
}, 120_000)
