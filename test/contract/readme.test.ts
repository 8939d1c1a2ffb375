import { afterAll, expect, test } from "bun:test"
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { checkPlugin } from "../../src/cli/check-plugin.ts"
import { capabilityKinds } from "../../src/contract/index.ts"
import { callInfo, request, testHost } from "../host/kit.ts"

const readme = await readFile(join(import.meta.dir, "../../plugins/README.md"), "utf8")
const examples = [...readme.matchAll(/```ts file=(\S+)\n(.*?)```/gs)].map(([, file, text]) => ({
  file: file!,
  text: text!,
}))
const folder = await mkdtemp(join(tmpdir(), "signalbox-readme-"))
afterAll(() => rm(folder, { recursive: true }))

test("there are examples, and every kind is explained", () => {
  expect(examples.map(({ file }) => file)).toEqual(["shout.ts", "my-vendor.ts"])
  const irregular: Readonly<Record<string, string>> = { strategies: "strategy", searches: "search" }
  for (const kind of capabilityKinds) expect(readme).toContain(`| ${irregular[kind] ?? kind.slice(0, -1)} |`)
})

test.each(examples)("the example $file passes check", async ({ file, text }) => {
  await writeFile(join(folder, file), text)
  let output = ""
  const code = await checkPlugin(join(folder, file), {
    write: (more) => {
      output += more
    },
  })
  expect(output).not.toContain("FAILED")
  expect(code).toBe(0)
})

test("the examples do what the text says", async () => {
  await using kit = await testHost()
  for (const { file, text } of examples) await kit.write({ [file]: text })
  const use = [{ name: "shout", options: { mark: "?" } }]
  expect(await kit.host.start(kit.config({ use }))).toEqual({ ok: true, problems: [] })
  const { providers, transforms } = kit.host.roster()
  expect(await transforms[0]?.apply(request, callInfo)).toMatchObject({ user: "somebody?" })
  const vendor = providers.get("my-vendor")
  expect(vendor).toMatchObject({ standalone: false })
  const made = vendor?.definition.create({ id: "my-vendor", apiKey: "k", headers: {}, options: {} })
  expect(made?.wire?.endpoint({ model: "m", stream: true }).url).toBe(
    "https://api.my-vendor.example/v1/chat/completions",
  )
})
