import type { KeyRoom } from "../accounts/managed-keys.ts"
import type { HttpServices } from "./services.ts"

/** Keys and what rules about them ask for, as they are now. */
export const keyRoom = ({ keys, directory, pipeline }: HttpServices): KeyRoom => ({
  keys,
  directory,
  now: pipeline.now,
  rates: pipeline.snapshot().config.rateLimits.key,
})
