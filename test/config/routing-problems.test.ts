import { expect, test } from "bun:test"
import { formatProblem } from "../../src/config/problem.ts"
import { configOf, loadText, problemsOf } from "../kit/config.ts"

const told = async (yaml: string) =>
  (await problemsOf(yaml)).map((problem) => formatProblem(problem).replace(/^[^ ]*yaml:/, ""))

test("a policy is exactly one of its four kinds", async () => {
  expect(await told("policies: { policy/x: { description: nothing } }")).toEqual([
    "1:23: policy/x must be one of fallback, balance, latency, cost",
  ])
  const both = "policies: { policy/x: { fallback: [ { model: a/b } ], cost: [ { model: a/b } ] } }"
  expect((await told(both)).join()).toContain("it is fallback and cost")
})

test("policies of every kind that lead back to themselves are told", async () => {
  const loop = `
policies:
  policy/a: { balance: [ { model: policy/b, weight: 1 } ] }
  policy/b: { latency: [ { model: policy/a } ] }
`
  expect((await told(loop)).join()).toContain("policies lead in a circle: policy/a → policy/b → policy/a")
})

test("a provider whose models policies would hide needs another id", async () => {
  const provider = "providers: [ { id: policy, plugin: mock } ]"
  const [problem] = await told(`${provider}\npolicies: { policy/x: { fallback: [ { model: a/b } ] } }`)
  expect(problem).toStartWith("1:20: policy/… are names of policies here")
  // Nothing is hidden without policies, nor by the routers: a provider's own openrouter/auto goes before the gateway's.
  expect((await configOf(provider)).providers[0]!.id).toBe("policy")
  const router = "providers: [ { id: openrouter, models: [ { id: openrouter/auto } ] } ]"
  expect((await configOf(router)).providers[0]!.id).toBe("openrouter")
})

test("weights are above zero", async () => {
  expect((await told("policies: { policy/x: { balance: [ { model: a/b, weight: 0 } ] } }")).join()).toContain("weight")
})

test("one key or several, and none twice", async () => {
  const provider = (fields: string) => `providers: [ { id: openai, ${fields} } ]`
  expect((await told(provider("api_key: abc, api_keys: [ def ]"))).join()).toContain("write all of them under api_keys")
  expect((await told(provider("api_keys: [ abc, abc ]"))).join()).toContain(
    "providers[0].api_keys has the same key twice",
  )
  expect((await told(provider('api_keys: [ "a b" ]'))).join()).toContain("holds a space")
  expect((await configOf(provider("api_keys: [ abc, def ]"))).providers[0]!.apiKeys).toEqual(["abc", "def"])
})

test("days are real days", async () => {
  const model = (fields: string) => `providers: [ { id: openai, models: [ { id: a/b, ${fields} } ] } ]`
  expect((await told(model("released: 2026-02-30"))).join()).toContain("must be a day like")
  expect((await told(model("shutdown: soon"))).join()).toContain("must be a day like")
  expect(await told(model("knowledge: 2025-04"))).toEqual([])
  const [seed] = (await configOf(model("released: 2026-01-31"))).providers[0]!.models!
  expect(seed!.created).toBe(Date.UTC(2026, 0, 31) / 1000)
})

test("a preset has a plain name and no messages", async () => {
  expect((await told("presets: { 'A b': { parameters: {} } }")).join()).toContain("lower case")
  const preset = async (parameters: string) => (await told(`presets: { a: { parameters: ${parameters} } }`)).join()
  expect(await preset("{ messages: [] }")).toContain("as system")
  expect(await preset("{ stream: true }")).toContain("the request's own matter")
  expect(await preset('{ model: "a/b@preset/c" }')).toContain("cannot stand on another")
})

test("rules count only with mode: rules; an empty list is warned of", async () => {
  expect((await told("approved_models: { mode: all, rules: [] }")).join()).toContain("count only with mode: rules")
  const { warnings } = await loadText("approved_models: { mode: listed }")
  expect(warnings.map(({ message }) => message).join()).toContain("lists no model")
})

test("doors: names once, addresses once", async () => {
  const hosts = "server: { hosts: [ { name: EU.x, region: eu }, { name: eu.x, region: us } ] }"
  expect((await told(hosts)).join()).toContain("two entries have the name eu.x")
  for (const name of ["not a host", "eu.x:8443", "https://eu.x"])
    expect((await told(`server: { hosts: [ { name: "${name}", region: eu } ] }`)).join()).toContain("without a port")
  expect((await told("server: { port: 81, listeners: [ { port: 81 } ] }")).join()).toContain("is listened on already")
  expect((await configOf("server: { hosts: [ { name: EU.x, region: EU } ] }")).server.hosts).toEqual({
    "eu.x": { region: "eu", strict: true },
  })
})

test("an answer is remembered for a day at most", async () => {
  expect((await told("cache: { ttl_seconds: 90000 }")).join()).toContain("at most 86400")
})
