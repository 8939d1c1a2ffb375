import { afterAll, expect, test } from "bun:test"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { startFiles } from "../../kit/files.ts"
import { base64Of, pdfOf } from "../../kit/pdf.ts"

const dir = mkdtempSync(join(tmpdir(), "signalbox-plugins-"))
writeFileSync(
  join(dir, "no-names.ts"),
  `import { definePlugin, Type } from "signalbox/plugin"
   export default definePlugin({
     name: "no-names", contract: 1, options: Type.Object({}),
     setup: () => ({ guardrails: [{
       name: "no-names", stages: ["input"], window: 10, action: "mask",
       detect: (text) => [...text.matchAll(/Miller/g)].map((match) => ({ start: match.index, end: match.index + 6, label: "name" })),
     }] }),
   })`,
)
const rig = await startFiles({ plugins: { dir, use: [{ name: "no-names" }] } })
afterAll(async () => {
  await rig.stop()
  rmSync(dir, { recursive: true, force: true })
})

const file_data = `data:application/pdf;base64,${base64Of(pdfOf(["Paid by Miller"]))}`
const question = { role: "user", content: [{ type: "file", file: { filename: "a.pdf", file_data } }] }

test("the text of a file is looked at like every other text", async () => {
  const response = await rig.gateway.chat({ model: "test/plain", messages: [question] })
  const { choices } = (await response.json()) as { choices: { message: object }[] }
  const first = rig.plain.requests.at(-1)!.body
  expect(first).toContain("Paid by <NAME>")
  expect(first).not.toContain("Miller")
  // The client has its own file back, and what it brings again is looked at again.
  const history = [question, choices[0]!.message, { role: "user", content: "Again" }]
  expect((await rig.gateway.chat({ model: "test/plain", messages: history })).status).toBe(200)
  const second = rig.plain.requests.at(-1)!.body
  expect(second).toContain("Paid by <NAME>")
  expect(second).not.toContain("Miller")
})
