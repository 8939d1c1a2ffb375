import { startGateway, type TestGateway } from "../gateway.ts"
import type { Family } from "./family.ts"

export interface FamilyRig {
  readonly gateway: TestGateway
  readonly families: readonly Family[]
  stop(): Promise<void>
}

/** One gateway before all of these upstreams. Nothing is retried, nothing cools down: each answer is what its upstream said. */
export async function startFamilies(
  families: readonly Family[],
  config: Readonly<Record<string, unknown>> = {},
): Promise<FamilyRig> {
  const gateway = await startGateway(
    {
      providers: families.flatMap(({ providers }) => providers),
      retries: { same_upstream: 0 },
      cooldown: { failures: 1_000_000 },
      ...config,
    },
    Object.assign({}, ...families.map(({ environment }) => environment ?? {})) as Record<string, string>,
  )
  return {
    gateway,
    families,
    async stop() {
      await gateway.stop()
      await Promise.all(families.map((family) => family.stop()))
    },
  }
}
