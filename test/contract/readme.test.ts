import { afterAll, expect, test } from "bun:test"
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { checkPlugin } from "../../src/cli/check-plugin.ts"
import { type Candidate, capabilityKinds } from "../../src/contract/index.ts"
import { alertCorpus } from "../../src/contract-suite/notifiers.ts"
import { callInfo, request, testHost } from "../host/kit.ts"

const readme = await readFile(join(import.meta.dir, "../../plugins/README.md"), "utf8")
const examples = [...readme.matchAll(/```ts file=(\S+)\n(.*?)```/gs)].map(([, file, text]) => ({
  file: file!,
  text: text!,
}))
const folder = await mkdtemp(join(tmpdir(), "signalbox-readme-"))
afterAll(() => rm(folder, { recursive: true }))

const candidate = (provider: string): Candidate => ({
  offer: { provider, model: "a/b", upstream: "b" },
  cooling: false,
  stable: true,
  latencyMs: undefined,
  throughput: undefined,
  uptime: undefined,
  cost: undefined,
  inFlight: 0,
  weight: 1,
})

test("there are examples, and every kind is explained", () => {
  expect(examples.map(({ file }) => file)).toEqual([
    "shout.ts",
    "my-vendor.ts",
    "quiet.ts",
    "last-answers.ts",
    "my-chat.ts",
    "ticket-numbers.ts",
    "my-list.ts",
  ])
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
  const { providers, transforms, strategies, caches, notifiers } = kit.host.roster()
  expect(await transforms[0]?.apply(request, callInfo)).toMatchObject({ user: "somebody?" })
  const vendor = providers.get("my-vendor")
  expect(vendor).toMatchObject({ standalone: false })
  const made = vendor?.definition.create({ id: "my-vendor", apiKey: "k", headers: {}, options: {} })
  expect(made?.wire?.endpoint({ model: "m", stream: true }).url).toBe(
    "https://api.my-vendor.example/v1/chat/completions",
  )

  const candidates = [
    { ...candidate("busy"), inFlight: 3 },
    { ...candidate("slow"), latencyMs: 2001 },
    { ...candidate("heavy"), inFlight: 3, weight: 4 },
    { ...candidate("failing"), stable: false },
  ]
  const call = { ...callInfo, conversation: undefined, random: () => 0 }
  const order = strategies.get("quiet")?.order(candidates, call)
  expect(order?.map(({ offer }) => offer.provider)).toEqual(["heavy", "busy", "slow", "failing"])

  expect(caches.map(({ name }) => name)).toEqual(["last-answers"])

  const { body } = notifiers.get("my-chat")!.message(alertCorpus[0]!)
  expect(body).toEqual({ room: "spending", text: expect.stringContaining('API key "dev" has spent $8.20') })

  const lists = providers.get("my-list")?.definition.create({ id: "my-list", apiKey: "k", headers: {}, options: {} })
  expect(lists?.listing?.endpoint().url).toBe("http://127.0.0.1:8000/v1/models")
  expect(lists?.listing?.read({ data: [{ id: "one", context_length: 4096 }] })).toMatchObject([
    { upstream: "one", context: 4096 },
  ])
})

test("tables name every member of what a strategy is shown, and every duty of a cache", () => {
  const section = (title: string) => readme.slice(readme.indexOf(`## ${title}`)).split("\n## ")[0]!
  for (const member of Object.keys(candidate("any"))) expect(section("Strategies")).toContain(`\`${member}\``)
  for (const member of Object.keys(Object.assign({}, ...alertCorpus)))
    expect(section("Notifiers")).toContain(`\`${member}\``)
  for (const duty of ["lookup(", "store(", "purge(", "stats("]) expect(section("Caches")).toContain(`| \`${duty}`)
})
