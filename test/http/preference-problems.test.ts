import { afterEach, expect, test } from "bun:test"
import { startGateway, type TestGateway } from "../kit/gateway.ts"
import { ask, errorOf } from "../kit/upstreams.ts"

let gateway: TestGateway | undefined
afterEach(async () => {
  await gateway?.stop()
  gateway = undefined
})

const key = { name: "k", key: "preferring-key-0123456789" }
const mock = { providers: [{ id: "mock" }] }

for (const [config, words] of [
  [{ routing: { provider: { zrd: true } } }, '"routing.provider.zrd" is not known; did you mean zdr?'],
  [{ routing: { provider: { only: "mock" } } }, '"routing.provider.only" must be a list of strings'],
  [{ keys: [{ ...key, provider: { sort: "cheap" } }] }, '"keys[0].provider.sort" must be one of'],
  [
    { policies: { "policy/x": { fallback: [{ model: "mock/echo", provider: { max_price: { prompt: "x" } } }] } } },
    'policies["policy/x"].fallback[0].provider.max_price.prompt" must be a number',
  ],
  [{ presets: { p: { parameters: { provider: { ignore: [1] } } } } }, '"presets.p.parameters.provider.ignore[0]"'],
] as const) {
  test(`a configuration with ${words} is refused`, async () => {
    gateway = await startGateway(mock)
    const { ok, problems } = await gateway.configure({ ...mock, ...config })
    expect(ok).toBe(false)
    expect(problems.join("\n")).toContain(words)
  })
}

test("all mistakes are told at once", async () => {
  gateway = await startGateway(mock)
  const { problems } = await gateway.configure({ ...mock, routing: { provider: { only: "mock", zdr: "yes", zrd: 1 } } })
  const told = problems.join("\n")
  for (const member of ["only", "zdr", "zrd"]) expect(told).toContain(`"routing.provider.${member}"`)
})

test("at the start there is nothing to go back to: it is told, and requests do not get around what was meant", async () => {
  gateway = await startGateway({ ...mock, routing: { provider: { only: "mock" } } })
  expect(gateway.logged()).toContain("routing.provider.only")
  const response = await gateway.chat({ ...ask("hi"), model: "mock/echo" })
  expect(response.status).toBe(400)
  expect(await errorOf(response)).toMatchObject({ param: "routing.provider.only" })
})

test("what members of a request nobody knows are let pass", async () => {
  gateway = await startGateway(mock)
  expect((await gateway.chat({ ...ask("hi"), model: "mock/echo", provider: { tomorrow: 1 } })).status).toBe(200)
})
