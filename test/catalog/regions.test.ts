import { expect, test } from "bun:test"
import { makeOffer } from "../../src/catalog/offers.ts"
import { type LiveProvider, settingsOf } from "../../src/catalog/provider.ts"
import type { ConfiguredProvider } from "../../src/config/config.ts"
import type { Provider, ProviderDefinition } from "../../src/contract/index.ts"

const timeouts = { firstPartMs: 0, idleMs: 0, totalMs: 0 } as unknown as ConfiguredProvider["timeouts"]

const liveWith = (provider: Provider, region: string | undefined): LiveProvider => ({
  id: "cloud",
  name: "Cloud",
  definition: "cloud",
  identity: "cloud",
  provider,
  timeouts,
  region,
  zdr: undefined,
  dataCollection: undefined,
  open: true,
})

test("what a model's name says of its region holds against whatever is configured", () => {
  const provider: Provider = { regionOf: (model) => (model.startsWith("global.") ? "global" : undefined) }
  const region = (upstream: string, configured?: string) =>
    makeOffer(liveWith(provider, configured), { model: "a/b", upstream }).region
  expect(region("global.model", "eu")).toBe("global")
  expect(region("model", "eu")).toBe("eu")
  expect(region("model")).toBeUndefined()
})

test("a provider is given the environment variables that it names, where they are set, and no others", () => {
  const definition: ProviderDefinition = {
    id: "cloud",
    name: "Cloud",
    variables: ["CLOUD_REGION", "CLOUD_EMPTY", "CLOUD_ABSENT"],
    create: () => ({}),
  }
  const entry: ConfiguredProvider = {
    id: "cloud",
    plugin: "cloud",
    headers: {},
    options: {},
    queue: 0,
    queueMs: 0,
    about: {},
    timeouts,
  }
  const environment = { CLOUD_REGION: "eu-1", CLOUD_EMPTY: "", OTHER_SECRET: "s" }
  expect(settingsOf(entry, definition, environment).variables).toEqual({ CLOUD_REGION: "eu-1" })
})
