import { expect, test } from "bun:test"
import { buildCatalog } from "../../src/catalog/build.ts"
import { nothingDeclared } from "../../src/declarations/declared.ts"
import { noChooser } from "../../src/pipeline/plan/targets/choose.ts"
import { resolveName } from "../../src/pipeline/plan/targets/resolve.ts"
import { CountedFacts, configOf, definitionsOf } from "../catalog/kit.ts"

const sonnet = "anthropic/claude-sonnet-4.5"
const known = new CountedFacts({
  "amazon-bedrock": [
    { upstream: "anthropic.claude-sonnet-4-5-v1:0", canonical: sonnet },
    { upstream: "eu.anthropic.claude-sonnet-4-5-v1:0", canonical: sonnet },
  ],
  vertex: [{ upstream: "claude-sonnet-4-5", canonical: sonnet }],
})
const regionOf = (name: string) => /^(us|eu|global)\./.exec(name)?.[1]
const kinds = definitionsOf({
  "amazon-bedrock": { region: "eu-central-1", regionOf },
  vertex: { region: "europe-west1" },
})
const config = configOf({ providers: [{ id: "amazon-bedrock" }, { id: "vertex-eu", plugin: "vertex" }] })
const { catalog } = buildCatalog(config, kinds, {}, known)

const led = (name: string) => {
  const { targets } = resolveName(
    { snapshot: { catalog, config, declared: nothingDeclared }, chooser: noChooser },
    name,
  )
  return targets.map(({ offers, preferences }) => [offers.map(({ key }) => key), preferences])
}
const plain = "amazon-bedrock/anthropic.claude-sonnet-4-5-v1:0"
const eu = "amazon-bedrock/eu.anthropic.claude-sonnet-4-5-v1:0"

/** A provider that takes any name would take the region for a part of it, and the request would go wherever that provider is. */
test("a region behind a model at one provider is a region, where that provider takes any name", () => {
  for (const [name, region] of [
    ["bedrock/claude-sonnet-4-5@eu-central-1", "eu-central-1"],
    ["bedrock/anthropic/claude-sonnet-4.5@us-east-1", "us-east-1"],
    ["amazon-bedrock/claude-sonnet-4-5@eu", "eu"],
  ] as const)
    expect([name, led(name)]).toEqual([name, [[[plain, eu], [{ region }]]]])
  expect(led("vertex/claude-sonnet-4-5@europe-west1")).toEqual([
    [["vertex-eu/claude-sonnet-4-5"], [{ region: "europe-west1" }]],
  ])
})

test("also of a model that nobody knows", () => {
  expect(led("bedrock/acme.private-v1:0@eu-central-1")).toEqual([
    [["amazon-bedrock/acme.private-v1:0"], [{ region: "eu-central-1" }]],
  ])
  expect(led("vertex/acme@europe-west1:low")).toEqual([[["vertex-eu/acme"], [{ region: "europe-west1" }]]])
})
