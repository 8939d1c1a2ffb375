import { Type } from "@sinclair/typebox"
import {
  count,
  dataCollection,
  flag,
  optional,
  preferences,
  seconds,
  streamRecovery,
  strict,
  text,
  usd,
} from "./pieces.ts"

const stepFields = {
  model: text("author/model, an alias or another policy"),
  retries: optional(Type.Integer({ minimum: 0, maximum: 10, description: "tries more at the same model; default 0" })),
  provider: optional(preferences),
}
export const steps = (description: string) => Type.Array(Type.Object(stepFields, strict), { minItems: 1, description })

export const PolicySchema = Type.Object(
  {
    fallback: optional(steps("tried in this order")),
    balance: optional(
      Type.Array(
        Type.Object(
          {
            ...stepFields,
            weight: Type.Number({ exclusiveMinimum: 0, description: "its share, on any scale" }),
          },
          strict,
        ),
        { minItems: 1, description: "one is drawn by weight" },
      ),
    ),
    latency: optional(steps("the fastest of late first")),
    cost: optional(steps("the cheapest for this request first")),
    sticky: optional(
      Type.Union([Type.Literal("trace"), Type.Literal("session"), Type.Literal("user"), Type.Literal("none")], {
        description: "what is drawn once and then kept, by balance; default trace, then user",
      }),
    ),
    others: optional(flag("whether balance goes on to the other steps when the drawn one fails; default true")),
    explore: optional(
      Type.Number({
        minimum: 0,
        maximum: 1,
        description: "share of requests that try another step first, by latency; default 0.05",
      }),
    ),
    hedge_seconds: optional(
      seconds("start a second attempt when nothing has come by then; both are billed; default: never"),
    ),
    stream_recovery: optional(streamRecovery),
    provider: optional(preferences),
    description: optional(text("for lists of models")),
  },
  { ...strict, description: "one of fallback, balance, latency, cost" },
)

export const PresetSchema = Type.Object(
  {
    name: optional(text("name for people")),
    description: optional(text("what it is for")),
    system: optional(text("system prompt, in front of the request's own")),
    parameters: Type.Record(Type.String(), Type.Unknown(), {
      description:
        "fields of a chat request: model, models, provider, temperature, tools …; what the request says wins",
    }),
  },
  strict,
)

export const ApprovalRuleSchema = Type.Object(
  {
    models: optional(Type.Array(text("model or pattern"), { description: "ids or patterns" })),
    authors: optional(Type.Array(text("author"), { description: "who made the model" })),
    providers: optional(Type.Array(text("provider"), { description: "ids of providers" })),
    regions: optional(Type.Array(text("region"), { description: "eu, us …" })),
    zdr: optional(flag("only where nothing is kept")),
    data_collection: optional(dataCollection),
    kinds: optional(
      Type.Array(text("kind"), { description: "chat, embeddings, rerank, images, speech, transcription" }),
    ),
    tags: optional(Type.Array(text("tag"), { description: "tags of the model" })),
    max_price: optional(
      Type.Object(
        {
          input: optional(usd("USD per million input tokens")),
          output: optional(usd("USD per million output tokens")),
        },
        { ...strict, description: "only what costs at most this" },
      ),
    ),
  },
  { ...strict, description: "a model that fits all that is said here is approved" },
)

export const approvalMode = Type.Union([Type.Literal("all"), Type.Literal("listed"), Type.Literal("rules")], {
  description: "everything, only what is listed, or that and what fits a rule",
})

/** Top-level sections about which upstream answers. */
export const routingSections = {
  routing: optional(
    Type.Object(
      {
        provider: optional(preferences),
        sticky_seconds: optional(
          seconds("how long a conversation that pauses is kept at its upstream; 0 = not at all; default 600"),
        ),
        stream_recovery: optional(streamRecovery),
        managed: optional(
          flag("bare names (claude-sonnet-4-5, gpt-5@eu) and coding/… lead to whoever has the model; default true"),
        ),
        auto: optional(
          Type.Object(
            {
              models: optional(
                Type.Array(text("model or pattern"), { description: "what openrouter/auto may choose from" }),
              ),
              exclude: optional(Type.Array(text("model or pattern"), { description: "what it may not" })),
            },
            { ...strict, description: "openrouter/auto" },
          ),
        ),
      },
      { ...strict, description: "how upstreams are chosen when a request does not say" },
    ),
  ),
  approved_models: optional(
    Type.Object(
      {
        mode: approvalMode,
        models: optional(Type.Array(text("model or pattern"), { description: "what is approved" })),
        rules: optional(Type.Array(ApprovalRuleSchema, { description: "what is approved by itself" })),
      },
      { ...strict, description: "which models may be used; default all" },
    ),
  ),
  catalog: optional(
    Type.Object(
      {
        refresh_hours: optional(
          Type.Number({ minimum: 0, description: "how often public facts are fetched; 0 = never; default 24" }),
        ),
        url: optional(Type.String({ pattern: "^https?://", description: "default https://models.dev/api.json" })),
        upstream_lists: optional(flag("ask upstreams for their lists of models as well; default true")),
        air_gapped: optional(flag("fetch nothing: what is built in and what was kept; default false")),
      },
      { ...strict, description: "what is publicly known of models: limits, prices, dates" },
    ),
  ),
  cache: optional(
    Type.Object(
      {
        enabled: optional(flag("remember answers when neither the request nor its key says so; default false")),
        ttl_seconds: optional(count("how long; default 300, at most 86400", 1)),
        share: optional(
          Type.Union([Type.Literal("key"), Type.Literal("organisation")], {
            description: "who may be given a remembered answer: the same key, or everybody; default key",
          }),
        ),
        coalesce: optional(flag("equal requests at the same time share one call; default false")),
      },
      { ...strict, description: "remembered answers; plugins keep them" },
    ),
  ),
}
