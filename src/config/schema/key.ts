import { Type } from "@sinclair/typebox"
import { largestUsd, limitReset, rateFields } from "./governance.ts"
import { flag, optional, preferences, streamRecovery, strict, text } from "./pieces.ts"

export const KeySchema = Type.Object(
  {
    name: text("unique name"),
    key: Type.String({ minLength: 8, description: "the token itself; only its SHA-256 is kept" }),
    limit: optional(
      Type.Number({
        minimum: 0,
        maximum: largestUsd,
        description: "USD that may be spent per window; absent: no limit",
      }),
    ),
    limit_reset: optional(limitReset),
    ...rateFields,
    labels: optional(Type.Record(Type.String(), Type.String(), { description: "for people and reports" })),
    store_bodies: optional(flag("keep its prompts and answers; default: as bodies.store")),
    expires_at: optional(text("RFC 3339 date-time")),
    disabled: optional(flag("default false")),
    strict: optional(flag("refuse requests that would lose something in translation")),
    models: optional(
      Type.Array(text("model, or a pattern like anthropic/*"), { description: "which models it may use; absent: all" }),
    ),
    default_model: optional(text("model, policy or preset for requests that name none")),
    provider: optional(preferences),
    cache: optional(flag("whether its answers are remembered when the request does not say")),
    stream_recovery: optional(streamRecovery),
    priority: optional(
      Type.Integer({ description: "place in the queues of busy upstreams; higher goes first; default 0" }),
    ),
  },
  strict,
)
