import { describe, expect, test } from "bun:test"
import { type Dialect, definePlugin, GatewayError, type Provider, Type } from "../../src/contract/index.ts"
import type { PluginFault } from "../../src/host/guard.ts"
import { pluginsSection, testHost } from "./kit.ts"

const settings = { id: "p", headers: {}, options: {} }

const boom = (): never => {
  throw new TypeError("inner words")
}

/** Every function that the contract knows throws what is no GatewayError; those that give something to call give such things. */
const dialect: Dialect = {
  name: "own",
  framing: () => ({ push: boom, end: boom }),
  encodeRequest: boom,
  mediaNeed: boom,
  decodeReply: boom,
  decodeStream: () => ({ push: boom, end: boom }),
  decodeError: boom,
  native: {
    request: boom,
    reply: boom,
    stream: () => ({ summary: {} as never, push: boom, end: boom }),
  },
}
const wire = {
  dialect,
  serves: boom,
  declines: boom,
  profile: boom,
  endpoint: boom,
  sign: boom,
  classify: boom,
}
const broken: Provider = {
  wire,
  otherWires: [wire],
  regionOf: boom,
  listName: boom,
  abilities: { embeddings: { serves: boom, run: boom, classify: boom } },
  listing: { endpoint: boom, read: boom, next: boom, sign: boom, details: { request: boom, read: boom } },
}

async function guarded(given: Provider, look: (provider: Provider, faults: readonly PluginFault[]) => Promise<void>) {
  const faults: PluginFault[] = []
  const plugin = definePlugin({
    name: "guarded",
    contract: 1,
    options: Type.Object({}),
    setup: () => ({ providers: [{ id: "p", name: "P", create: () => given }] }),
  })
  await using kit = await testHost([plugin], { onFault: (fault) => faults.push(fault) })
  expect((await kit.host.start(pluginsSection())).problems).toEqual([])
  await look(kit.host.roster().providers.get("p")!.definition.create(settings), faults)
}

/** Calls every function below a value, and below what those give, and tells which ones threw what. */
async function callAll(value: unknown, path: string, seen: Map<string, unknown>): Promise<void> {
  if (typeof value === "function") {
    try {
      const given: unknown = await (value as (...given: unknown[]) => unknown)(
        {},
        { signal: new AbortController().signal },
      )
      seen.set(path, undefined)
      await callAll(given, `${path}()`, seen)
    } catch (thrown) {
      seen.set(path, thrown)
    }
    return
  }
  if (typeof value !== "object" || value === null) return
  for (const [key, inner] of Object.entries(value)) await callAll(inner, `${path}.${key}`, seen)
}

test("whatever function of a provider throws, it is the plugin's failure, told by its name", () =>
  guarded(broken, async (provider, faults) => {
    const [seen, plain] = [new Map<string, unknown>(), new Map<string, unknown>()]
    await callAll(provider, "", seen)
    await callAll(broken, "", plain)
    // Nothing of the plugin's is lost on the way, and nothing of it is reached unguarded.
    expect([...seen.keys()].toSorted()).toEqual([...plain.keys()].toSorted())
    const thrown = [...seen].filter(([, error]) => error !== undefined)
    expect(thrown.length).toBeGreaterThan(30)
    expect(thrown.filter(([, error]) => !GatewayError.is(error) || error.code !== "plugin_failed")).toEqual([])
    expect(faults).toHaveLength(thrown.length)
    expect(faults.map(({ hook }) => hook)).toContain("provider p.listName")
  }))

describe("what is no function where one must be", () => {
  const odd: readonly (readonly [string, object])[] = [
    ["regionOf", { regionOf: "eu" }],
    ["listName", { listName: {} }],
    ["wire.serves", { wire: { ...wire, serves: true } }],
    ["otherWires[0].sign", { otherWires: [{ ...wire, sign: "key" }] }],
    ["listing.next", { listing: { endpoint: boom, read: boom, next: "page" } }],
    ["listing.read", { listing: { endpoint: boom } }],
    ["listing.details.read", { listing: { endpoint: boom, read: boom, details: { request: boom } } }],
    ["abilities.embeddings.classify", { abilities: { embeddings: { run: boom, classify: 1 } } }],
  ]
  test.each(odd)("%s", async (place, more) => {
    const made = guarded({ ...broken, ...more } as Provider, async () => {})
    await expect(made).rejects.toMatchObject({ detail: `${place} must be a function` })
  })
})
