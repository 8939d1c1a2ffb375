import { Type } from "@sinclair/typebox"
import { count, flag, optional, strict, text } from "./pieces.ts"

/** The largest amount that limits can be; nano-dollars of it are still counted exactly. */
export const largestUsd = 4_000_000
const amount = (description: string) => Type.Number({ minimum: 0, maximum: largestUsd, description })

export const limitReset = Type.Union(
  [Type.Literal("daily"), Type.Literal("weekly"), Type.Literal("monthly"), Type.Literal("never")],
  { description: "when the limit starts anew, UTC; default never" },
)

export const rateFields = {
  requests_per_minute: optional(count("requests a minute; absent: any number", 1)),
  tokens_per_minute: optional(count("tokens a minute, input and output; absent: any number", 1)),
  concurrency: optional(count("requests in flight; absent: any number", 1)),
} as const

const RatesSchema = (description: string) => Type.Object(rateFields, { ...strict, description })

export const AlertDestinationSchema = Type.Object(
  {
    name: text("unique name"),
    notifier: text("who writes the messages: slack, teams, webhook, or a plugin's"),
    url: Type.String({ pattern: "^https?://", description: "where they are sent" }),
    secret: optional(text("signs what is sent")),
  },
  strict,
)

export const AlertRuleSchema = Type.Object(
  {
    name: text("unique name"),
    on: Type.Union(
      [
        Type.Literal("key"),
        Type.Literal("member"),
        Type.Literal("group"),
        Type.Literal("service-account"),
        Type.Literal("project"),
        Type.Literal("organisation"),
      ],
      { description: "whose spending is watched" },
    ),
    target: optional(text("id of one of them; absent: each")),
    percents: optional(
      Type.Array(Type.Number({ exclusiveMinimum: 0 }), {
        description: "thresholds in per cent of the limit; 50, 80 and 100 where there is no other",
      }),
    ),
    usd: optional(Type.Array(amount("USD"), { description: "thresholds in USD spent" })),
    balance_usd: optional(
      Type.Array(amount("USD"), { description: "thresholds in USD that are left of the credits; organisation only" }),
    ),
    window: optional(
      Type.Union([Type.Literal("daily"), Type.Literal("weekly"), Type.Literal("monthly"), Type.Literal("total")], {
        description: "of usd; default monthly",
      }),
    ),
    destinations: Type.Array(text("name of a destination"), { description: "who is told" }),
  },
  strict,
)

/** Top-level sections about who may do what, and what of it is kept. */
export const governanceSections = {
  organisation: optional(
    Type.Object(
      {
        name: optional(text("for people; default signalbox")),
        limit: optional(amount("USD that all keys together may spend per window; absent: no limit")),
        limit_reset: optional(limitReset),
        unpriced: optional(
          Type.Union([Type.Literal("refuse"), Type.Literal("allow")], {
            description:
              "models that nobody knows a price of, for keys with a limit on money: not used, or counted as free; default refuse",
          }),
        ),
        member_limit: optional(amount("USD a month of members that have no limit of their own")),
        credits: optional(
          Type.Union([Type.Literal("unlimited"), Type.Literal("prepaid")], {
            description: "prepaid: no more is spent than what was paid in with POST /admin/credits; default unlimited",
          }),
        ),
      },
      { ...strict, description: "all that use this gateway, together" },
    ),
  ),
  rate_limits: optional(
    Type.Object(
      {
        ...rateFields,
        key: optional(RatesSchema("of each key that has none of its own")),
        member: optional(RatesSchema("of each member that has none of its own, over all keys")),
        group: optional(RatesSchema("of each group that has none of its own")),
        models: optional(
          Type.Array(
            Type.Object(
              {
                models: Type.Array(text("model, or a pattern like anthropic/*"), {
                  minItems: 1,
                  description: "which ones",
                }),
                per: optional(
                  Type.Union([Type.Literal("organisation"), Type.Literal("key")], {
                    description: "counted over all keys, or for each; default organisation",
                  }),
                ),
                ...rateFields,
              },
              strict,
            ),
            { description: "of models; of those that fit each counts" },
          ),
        ),
      },
      { ...strict, description: "of all requests together, and of each key, member, group and model" },
    ),
  ),
  alerts: optional(
    Type.Object(
      {
        destinations: optional(Type.Array(AlertDestinationSchema, { description: "who can be told" })),
        rules: optional(Type.Array(AlertRuleSchema, { description: "what is watched" })),
      },
      { ...strict, description: "messages about spending; more are made through the API" },
    ),
  ),
  bodies: optional(
    Type.Object(
      {
        store: optional(flag("keep prompts and answers of keys that do not say otherwise; default false")),
        retention_days: optional(count("days they are kept; default 30", 1)),
        quota_bytes: optional(count("disk they may take; the oldest days go first; default 10737418240", 1)),
        body_bytes: optional(count("largest prompt or answer that is kept whole; default 1048576", 1)),
        encryption_key: optional(
          Type.String({ minLength: 16, description: "encrypts them at rest; keep it: without it they are lost" }),
        ),
      },
      { ...strict, description: "prompts and answers, for the log" },
    ),
  ),
  sign_in: optional(
    Type.Object(
      {
        callback_schemes: optional(
          Type.Array(text("like vscode, or http://127.0.0.1"), {
            description:
              "where editors may be sent with a new key; default vscode, vscode-insiders, cursor, windsurf, http://127.0.0.1, http://localhost",
          }),
        ),
      },
      { ...strict, description: "keys that applications ask for through the browser" },
    ),
  ),
  byok: optional(
    Type.Object(
      {
        per_request: optional(
          flag("callers may send credentials for upstreams with a request, as X-Provider-API-Keys; default false"),
        ),
      },
      { ...strict, description: "credentials for upstreams that others than the operator bring" },
    ),
  ),
  seal_key: optional(
    Type.String({
      minLength: 16,
      description: "encrypts credentials that come by the API; default: one is made in data_dir/seal.key",
    }),
  ),
}
