import { afterAll, expect, test } from "bun:test"
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { checkPlugin } from "../../src/cli/check-plugin.ts"
import { pluginKinds, scaffoldPlugin } from "../../src/cli/plugin-new.ts"
import type { Candidate } from "../../src/contract/index.ts"
import { callInfo, testHost } from "../host/kit.ts"

const folder = await mkdtemp(join(tmpdir(), "signalbox-scaffold-"))
afterAll(() => rm(folder, { recursive: true }))

const check = async (path: string) => {
  let text = ""
  const code = await checkPlugin(path, {
    write: (more) => {
      text += more
    },
    deadlineMs: 200,
  })
  return { code, text }
}

test.each(pluginKinds)("a new %s passes check and is live when it is put into the folder", async (kind) => {
  const name = `my-${kind}`
  const files = scaffoldPlugin(kind, name)
  expect(Object.keys(files)).toEqual(["index.ts", "README.md"])
  await mkdir(join(folder, name))
  for (const [file, text] of Object.entries(files)) await writeFile(join(folder, name, file), text)
  const { code, text } = await check(join(folder, name))
  expect(text).not.toContain("FAILED")
  expect(text).toContain(`${name}: loaded`)
  expect(text).toMatch(/[1-9]\d* passed, 0 failed/)
  expect(code).toBe(0)

  await using kit = await testHost()
  for (const [file, text] of Object.entries(files)) await kit.write({ [`${name}/${file}`]: text })
  expect(await kit.host.start(kit.config())).toEqual({ ok: true, problems: [] })
  expect(kit.host.states()).toMatchObject([{ name, state: "live", capabilities: [`${kind} ${name}`] }])
})

test("a new strategy goes by what the request costs, and tries last what was failing", async () => {
  await using kit = await testHost()
  await kit.write({ "mine.ts": scaffoldPlugin("strategy", "mine")["index.ts"]! })
  await kit.host.start(kit.config())
  const offer = { model: "a/b", upstream: "b" }
  const usual = { cooling: false, stable: true, latencyMs: undefined, throughput: undefined, uptime: undefined }
  const candidates: readonly Candidate[] = [
    { ...usual, offer: { ...offer, provider: "cooling" }, cooling: true, cost: 0, inFlight: 0, weight: 1 },
    { ...usual, offer: { ...offer, provider: "unknown" }, cost: undefined, inFlight: 0, weight: 1 },
    { ...usual, offer: { ...offer, provider: "dear" }, cost: 2, inFlight: 0, weight: 1 },
    { ...usual, offer: { ...offer, provider: "cheap" }, cost: 1, inFlight: 0, weight: 1 },
    { ...usual, offer: { ...offer, provider: "unstable" }, stable: false, cost: 0, inFlight: 0, weight: 1 },
  ]
  const call = { ...callInfo, conversation: undefined, random: () => 0 }
  const order = kit.host.roster().strategies.get("mine")?.order(candidates, call)
  expect(order?.map(({ offer: { provider } }) => provider)).toEqual(["cheap", "dear", "unknown", "unstable", "cooling"])
})

const broken: readonly (readonly [string, string, RegExp])[] = [
  ["that is not there", "", /neither a module file nor a folder|neither a module file/],
  ["that does not load", "export default {", /^failed: /m],
  ["with wrong capabilities", plugin("{ sinks: [{ name: 's' }] }"), /failed: sinks\[0\].write must be a function/],
  ["that gives nothing", plugin("{}"), /no capability/],
  [
    "whose chat never finishes a block",
    chat(
      "yield { type: 'start' }; yield { type: 'text-start', index: 0 }; yield { type: 'finish', reason: 'stop', raw: null }",
    ),
    /FAILED {2}provider p: a plain answer is well-formed\n +blocks were left open/,
  ],
  [
    "whose failures are plain errors",
    chat("throw new Error('oops')"),
    /FAILED {2}provider p: a failure is a GatewayError\n +it threw Error: oops/,
  ],
  ["whose chat hangs", chat("yield { type: 'start' }; await new Promise(() => {})"), /did not end in time/],
  [
    "whose guardrail finds what is not there",
    plugin(
      "{ guardrails: [{ name: 'g', stages: ['input'], window: 0, detect: (text) => [{ start: 0, end: text.length + 1, label: 'x' }] }] }",
    ),
    /FAILED {2}guardrail g: findings are spans/,
  ],
  [
    "whose strategy loses candidates",
    plugin("{ strategies: [{ name: 's', order: (list) => list.slice(1) }] }"),
    /FAILED {2}strategy s: .*\n +candidates were lost/,
  ],
  [
    "whose transform changes the request in place",
    plugin("{ transforms: [{ name: 't', apply: (request) => { request.model += '!'; return request } }] }"),
    /FAILED {2}transform t/,
  ],
  [
    "whose cache finds one answer for all",
    plugin("{ caches: [{ name: 'c', lookup: async () => [], store: async () => {} }] }"),
    /FAILED {2}cache c/,
  ],
]

function plugin(capabilities: string): string {
  return `import { Type } from "signalbox/plugin"
  export default { name: "x", contract: 1, options: Type.Object({}), setup: () => (${capabilities}) }`
}
function chat(body: string): string {
  return plugin(`{ providers: [{ id: "p", name: "P", create: () => ({ async *chat() { ${body} } }) }] }`)
}

for (const [index, [what, text, words]] of broken.entries()) {
  test(`check refuses a plugin ${what}`, async () => {
    const path = join(folder, `broken-${index}.ts`)
    if (text !== "") await writeFile(path, text)
    const result = await check(path)
    expect(result.text).toMatch(words)
    expect(result.code).toBe(1)
  })
}
