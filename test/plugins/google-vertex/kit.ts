import { googleVertex } from "../../../plugins/google-vertex/provider.ts"
import type { Provider, ProviderSettings } from "../../../src/contract/index.ts"
import { type FakeVertex, startFakeVertex } from "../../kit/fake-vertex.ts"

export const noNetwork = Object.assign(() => Promise.reject(new Error("no network in tests")), { preconnect: () => {} })

const still = { fetch: noNetwork as unknown as typeof fetch, clock: { now: () => 0 } }

/** An entry of `providers:` that nothing is sent with. */
export const create = (more: Partial<ProviderSettings> = {}): Provider =>
  googleVertex("google-vertex", still).create({ id: "google-vertex", headers: {}, options: {}, ...more })

export interface VertexRig {
  readonly fake: FakeVertex
  /** An entry with the fake's key file, unless `more` says otherwise, whose clock goes wrong by `skewMs`. */
  create(more?: Partial<ProviderSettings>, skewMs?: number): Provider
}

/** The fake, and entries whose clock is the fake's. */
export const startRig = async (): Promise<VertexRig> => {
  const fake = await startFakeVertex()
  return {
    fake,
    create: (more = {}, skewMs = 0) =>
      googleVertex("google-vertex", { fetch, clock: { now: () => fake.now + skewMs } }).create({
        id: "google-vertex",
        headers: {},
        baseUrl: fake.url,
        options: { service_account: JSON.stringify(fake.keyFile), location: "europe-west1" },
        ...more,
      }),
  }
}
