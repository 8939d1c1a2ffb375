import { expect, test } from "bun:test"
import { buildCatalog } from "../../src/catalog/build.ts"
import { atOnce, inSlices } from "../../src/catalog/steps.ts"
import type { ProviderDefinition } from "../../src/contract/index.ts"
import { nothingDeclared } from "../../src/declarations/declared.ts"
import { Facts } from "../../src/facts/facts.ts"
import type { FactSource } from "../../src/facts/source.ts"
import { Current } from "../../src/gateway/current.ts"
import type { Roster } from "../../src/host/roster.ts"
import { createLogger } from "../../src/telemetry/logger.ts"
import { createRedactor } from "../../src/telemetry/redact.ts"
import { configOf } from "./kit.ts"

/** A kind of provider that counts how often it is made. */
function countedKind(id: string): { made: number; readonly definition: ProviderDefinition } {
  const kind = {
    made: 0,
    definition: {
      id,
      name: id,
      create() {
        kind.made++
        return {}
      },
    },
  }
  return kind
}

const providers = [{ id: "open" }, { id: "named", plugin: "open", models: [{ id: "a/one" }] }]

const models = (asOf: number, ...names: readonly string[]): FactSource => ({
  name: "models.dev",
  asOf,
  of: (_, upstream) => (names.includes(upstream) ? { upstream } : undefined),
  list: () => names.map((upstream) => ({ upstream })),
})

function start() {
  const kind = countedKind("open")
  const facts = new Facts({ load: async () => [], now: () => 0 })
  const log = createLogger({
    level: "error",
    format: "json",
    write: () => {},
    redactor: createRedactor(),
    now: () => 0,
  })
  let declared = nothingDeclared
  const current = new Current(configOf({ providers }), {}, log, () => declared, facts)
  facts.onChange(current.learn)
  const rosterOf = (definition: ProviderDefinition) =>
    ({
      providers: new Map([["open", { definition, standalone: false }]]),
      strategies: new Map(),
    }) as unknown as Roster
  current.adopt(rosterOf(kind.definition))
  const declare = (alias: string) => {
    declared = { ...nothingDeclared, aliases: { [alias]: "a/one" } }
    current.rebuild()
  }
  return { kind, facts, current, rosterOf, declare }
}

test("providers stay what they are, with what they keep, while more becomes known or is declared", async () => {
  const { kind, facts, current, declare } = start()
  const before = current.snapshot
  declare("mine")
  await facts.replace(models(1, "b/two"))
  expect(kind.made).toBe(2)
  expect(current.snapshot.catalog.providers.get("open")).toBe(before.catalog.providers.get("open")!)
  expect(current.snapshot.catalog.aliases).toEqual({ mine: "a/one" })
  expect([...current.snapshot.catalog.modelNames()]).toContain("b/two")
  expect([...before.catalog.modelNames()]).not.toContain("b/two")
})

test("a plugin that was read again makes its providers anew", () => {
  const { kind, current, rosterOf } = start()
  const before = current.snapshot.catalog.providers.get("open")
  current.adopt(rosterOf({ ...kind.definition }))
  expect(kind.made).toBe(4)
  expect(current.snapshot.catalog.providers.get("open")).not.toBe(before!)
})

test("an entry that changed makes its own provider anew, and only that", () => {
  const { definition } = countedKind("open")
  const definitions = new Map([["open", { definition, standalone: false }]])
  const built = (...entries: readonly object[]) =>
    [configOf({ providers: entries }), definitions, {}, undefined] as const
  const { catalog } = buildCatalog(...built(...providers))
  const other = { id: "open", base_url: "http://127.0.0.1:1/v1" }
  const next = buildCatalog(...built(other, providers[1]!), { catalog, knowsAsMuch: true }).catalog
  expect(next.providers.get("named")).toBe(catalog.providers.get("named")!)
  expect(next.providers.get("open")).not.toBe(catalog.providers.get("open")!)
})

test("what is declared while more becomes known is there as well, in whatever order they end", async () => {
  const { facts, current, declare } = start()
  const learning = facts.replace(models(1, "b/two"))
  declare("mine")
  const more = facts.replace(models(2, "b/two", "b/three"))
  expect([...current.snapshot.catalog.modelNames()]).not.toContain("b/two")
  await Promise.all([learning, more])
  expect(current.snapshot.catalog.aliases).toEqual({ mine: "a/one" })
  expect([...current.snapshot.catalog.modelNames()]).toContain("b/three")
})

test("long work lets others in between", async () => {
  let clock = 0
  const seen: number[] = []
  function* steps() {
    for (let step = 0; step < 10; step++) {
      clock += 3
      yield
    }
    return "done"
  }
  const look = () => {
    seen.push(clock)
    if (clock < 30) setImmediate(look)
  }
  setImmediate(look)
  expect(await inSlices(steps(), () => clock)).toBe("done")
  expect(seen.length).toBeGreaterThan(3)
  expect(atOnce(steps())).toBe("done")
})
