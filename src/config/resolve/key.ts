import type { JsonObject } from "../../contract/json.ts"
import type { ConfiguredKey, KeyRouting } from "../config.ts"
import type { KeyConfig } from "../schema.ts"
import { parseTimestamp } from "../timestamp.ts"
import { defined } from "./pieces.ts"

/** Exact for every limit that the schema allows: the product stays within what a double can count. */
const nanoPerUsd = 1_000_000_000

export const resolveKey = (key: KeyConfig): ConfiguredKey =>
  defined({
    name: key.name,
    key: key.key,
    limitNano: key.limit === undefined ? undefined : Math.round(key.limit * nanoPerUsd),
    limitReset: key.limit_reset ?? "never",
    expiresAtMs: key.expires_at === undefined ? undefined : parseTimestamp(key.expires_at),
    disabled: key.disabled ?? false,
    strict: key.strict ?? false,
    routing: resolveKeyRouting(key),
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
