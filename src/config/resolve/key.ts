import type { JsonObject } from "../../contract/json.ts"
import type { ConfiguredKey, KeyRouting } from "../config.ts"
import type { KeyConfig } from "../schema.ts"
import { parseTimestamp } from "../timestamp.ts"
import { nanoOf, resolveRates } from "./governance.ts"
import { defined } from "./pieces.ts"

export const resolveKey = (key: KeyConfig): ConfiguredKey =>
  defined({
    name: key.name,
    key: key.key,
    limitNano: nanoOf(key.limit),
    limitReset: key.limit_reset ?? "never",
    expiresAtMs: key.expires_at === undefined ? undefined : parseTimestamp(key.expires_at),
    disabled: key.disabled ?? false,
    strict: key.strict ?? false,
    routing: resolveKeyRouting(key),
    rates: resolveRates(key),
    labels: key.labels,
    storeBodies: key.store_bodies,
  })

const resolveKeyRouting = (key: KeyConfig): KeyRouting | undefined => {
  const routing: KeyRouting = defined({
    models: key.models,
    defaultModel: key.default_model,
    provider: key.provider as JsonObject | undefined,
    cache: key.cache,
    streamRecovery: key.stream_recovery,
    priority: key.priority,
  })
  return Object.keys(routing).length > 0 ? routing : undefined
}
