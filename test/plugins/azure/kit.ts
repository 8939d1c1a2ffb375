import { foundryAnthropic } from "../../../plugins/azure/foundry.ts"
import { azure } from "../../../plugins/azure/provider.ts"
import type { Provider, ProviderSettings } from "../../../src/contract/index.ts"
import { type FakeAzure, startFakeAzure } from "../../kit/fake-azure.ts"

const noNetwork = Object.assign(() => Promise.reject(new Error("no network in tests")), { preconnect: () => {} })

const still = { fetch: noNetwork as unknown as typeof fetch, clock: { now: () => 0 } }

/** An entry of `providers:` that nothing is sent with. */
export const create = (more: Partial<ProviderSettings> = {}): Provider =>
  azure(still).create({ id: "azure", apiKey: "key", headers: {}, options: { resource: "acme" }, ...more })

export const createFoundry = (more: Partial<ProviderSettings> = {}): Provider =>
  foundryAnthropic(still).create({ id: "foundry", apiKey: "key", headers: {}, options: { resource: "acme" }, ...more })

export interface AzureRig {
  readonly fake: FakeAzure
  create(options?: Readonly<Record<string, unknown>>, more?: Partial<ProviderSettings>): Provider
}

/** The fake, and entries whose clock is the fake's. */
export const startRig = async (): Promise<AzureRig> => {
  const fake = await startFakeAzure()
  const definition = azure({ fetch, clock: { now: () => fake.now } })
  return {
    fake,
    create: (options = {}, more = {}) =>
      definition.create({ id: "azure", headers: {}, baseUrl: fake.url, options, ...more }),
  }
}
