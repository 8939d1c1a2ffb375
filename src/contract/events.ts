import type { Generation } from "./generation.ts"
import type { Alert } from "./notifier.ts"

/** What sinks hear about. */
export type GatewayEvent =
  | { readonly type: "generation-finished"; readonly at: number; readonly generation: Generation }
  | {
      readonly type: "plugin-failed"
      readonly at: number
      readonly plugin: string
      readonly hook: string
      readonly message: string
    }
  | { readonly type: "alert-fired"; readonly at: number; readonly alert: Alert }
  | { readonly type: "config-reloaded"; readonly at: number; readonly ok: boolean; readonly message?: string }
