import { type Static, Type } from "@sinclair/typebox"
import { governanceSections } from "./schema/governance.ts"
import { KeySchema } from "./schema/key.ts"
import type { ModelSchema } from "./schema/model.ts"
import { count, flag, optional, seconds, strict, text } from "./schema/pieces.ts"
import { ProviderSchema, TimeoutsSchema } from "./schema/provider.ts"
import { type ApprovalRuleSchema, PolicySchema, PresetSchema, routingSections } from "./schema/routing.ts"

/** `signalbox.yaml`. Unknown keys are errors. `signalbox check --schema` prints this as JSON Schema. */
export const ConfigSchema = Type.Object(
  {
    server: optional(
      Type.Object(
        {
          host: optional(text("address to listen on; default 127.0.0.1")),
          port: optional(Type.Integer({ minimum: 0, maximum: 65535, description: "default 8080; 0 = any free one" })),
          public_url: optional(Type.String({ pattern: "^https?://", description: "how clients reach the gateway" })),
          shutdown_seconds: optional(seconds("how long SIGTERM waits for streams to finish; default 30")),
          watchdog_seconds: optional(
            seconds("end the process when its event loop stands still this long; 0 = off; default 30"),
          ),
          listeners: optional(
            Type.Array(
              Type.Object(
                {
                  host: optional(text("address to listen on; default: that of server")),
                  port: Type.Integer({ minimum: 0, maximum: 65535, description: "0 = any free one" }),
                  region: optional(text("what comes by here stays in this region, like eu")),
                  strict: optional(flag("refuse other models, instead of leaving them out; default true")),
                },
                strict,
              ),
              { description: "further addresses to listen on" },
            ),
          ),
          hosts: optional(
            Type.Array(
              Type.Object(
                {
                  name: text("host name that clients call, like eu.llm.example.com"),
                  region: text("what comes by this name stays in this region"),
                  strict: optional(flag("refuse other models, instead of leaving them out; default true")),
                },
                strict,
              ),
              { description: "host names with a region" },
            ),
          ),
        },
        { ...strict, description: "where the gateway listens and how it ends" },
      ),
    ),
    data_dir: optional(text("libSQL file, logs, runtime files; default ./data beside this file")),
    store: optional(
      Type.Object(
        { url: text("libsql:// or https:// address"), auth_token: optional(text("its token")) },
        { ...strict, description: "a libSQL server instead of a file in data_dir" },
      ),
    ),
    admin_key: optional(
      Type.String({ minLength: 16, description: "management key; absent: one is made and shown once" }),
    ),
    ...governanceSections,
    keys: optional(Type.Array(KeySchema, { description: "inference keys owned by this file" })),
    default_model: optional(
      text("used when a request names none; default openai/gpt-4o-mini, or mock/echo without upstreams"),
    ),
    providers: optional(Type.Array(ProviderSchema, { description: "upstreams; order = preference" })),
    plugins: optional(
      Type.Object(
        {
          dir: optional(text("watched folder; default ./plugins beside this file")),
          use: optional(
            Type.Array(
              Type.Object(
                {
                  name: text("plugin name"),
                  enabled: optional(flag("default true")),
                  options: optional(
                    Type.Record(Type.String(), Type.Unknown(), { description: "whatever the plugin understands" }),
                  ),
                  secrets: optional(
                    Type.Record(Type.String(), Type.String(), { description: "what context.secret(name) gives" }),
                  ),
                },
                strict,
              ),
              { description: "options per plugin, and the order of transforms, guardrails and searches" },
            ),
          ),
          hook_seconds: optional(seconds("deadline of one hook; default 30")),
          failures: optional(count("failures in a row that switch a plugin off; default 10; 0 = never", 0)),
          retry_seconds: optional(seconds("after how long a plugin that was switched off is tried again; default 30")),
          drain_seconds: optional(seconds("how long a replaced plugin may finish its work; default 600")),
        },
        { ...strict, description: "the plugin folder, options per plugin, and what happens to plugins that fail" },
      ),
    ),
    aliases: optional(Type.Record(Type.String(), Type.String(), { description: "other name → author/model" })),
    policies: optional(Type.Record(Type.String(), PolicySchema, { description: "policy/name → models to try" })),
    ...routingSections,
    presets: optional(Type.Record(Type.String(), PresetSchema, { description: "slug → what is laid under a request" })),
    strategy: optional(text("name of the strategy that orders providers of one model; default: weighted (by price)")),
    timeouts: optional(TimeoutsSchema),
    retries: optional(
      Type.Object(
        {
          same_upstream: optional(
            count(
              "tries more at the last upstream that is left; as long as there are others they are taken at once; default 1",
            ),
          ),
          backoff_ms: optional(count("first wait, doubled and jittered; default 250")),
          max_wait_ms: optional(
            count("longest wait that Retry-After may ask for before the next upstream is taken; default 2000"),
          ),
        },
        { ...strict, description: "tries more at one upstream before the next" },
      ),
    ),
    cooldown: optional(
      Type.Object(
        {
          failures: optional(count("failures in a row that make an upstream cool down; default 1", 1)),
          seconds: optional(seconds("how long; doubled while it keeps failing, at most ten times; default 15")),
        },
        { ...strict, description: "how long an upstream that fails is left alone" },
      ),
    ),
    limits: optional(
      Type.Object(
        {
          body_bytes: optional(count("largest request body; default 33554432", 1)),
          body_seconds: optional(seconds("time a body may take to arrive; default 60")),
          reply_bytes: optional(count("largest answer of an upstream that is not streamed; default 67108864", 1)),
        },
        { ...strict, description: "what a request may bring, and an upstream's answer" },
      ),
    ),
    egress: optional(
      Type.Object(
        {
          allow: optional(
            Type.Array(text("address or network, like 10.0.0.0/8"), {
              description: "networks that may be called though they are not public, also over plain http; default none",
            }),
          ),
          bytes: optional(count("largest file; default 33554432", 1)),
          seconds: optional(seconds("time a file may take; default 20")),
        },
        {
          ...strict,
          description: "files that a request names by their address, where the upstream does not fetch them",
        },
      ),
    ),
    responses: optional(
      Type.Object(
        {
          retention_days: optional(
            Type.Number({
              description: "how long answers of /responses are kept; 0 keeps none; default 30",
              minimum: 0,
            }),
          ),
        },
        { ...strict, description: "answers of /responses that are kept for previous_response_id" },
      ),
    ),
    ledger: optional(
      Type.Object(
        {
          durability: optional(
            Type.Union([Type.Literal("relaxed"), Type.Literal("strict")], {
              description: "strict: the answer's last byte waits until its row is on disk; default relaxed",
            }),
          ),
          flush_ms: optional(count("longest time a row waits in memory; default 20", 1)),
          queue_rows: optional(count("rows in memory before they spill to a file; default 50000", 1)),
          retention_days: optional(
            count("days that requests stay in ledger and log; sums of usage stay; default: for ever", 1),
          ),
        },
        { ...strict, description: "how the records of requests reach the disk" },
      ),
    ),
    log: optional(
      Type.Object(
        {
          level: optional(
            Type.Union([Type.Literal("debug"), Type.Literal("info"), Type.Literal("warn"), Type.Literal("error")], {
              description: "default info",
            }),
          ),
          format: optional(
            Type.Union([Type.Literal("json"), Type.Literal("pretty")], {
              description: "default: pretty on a terminal",
            }),
          ),
        },
        { ...strict, description: "log lines" },
      ),
    ),
    models: optional(
      Type.Object(
        { public: optional(flag("list models without a key; default: only on loopback")) },
        { ...strict, description: "the lists of models" },
      ),
    ),
    compat: optional(
      Type.Object(
        {
          requesty: optional(
            Type.Object(
              {
                price_unit: optional(
                  Type.Union([Type.Literal("token"), Type.Literal("million")], {
                    description: "of /v1/models; default token",
                  }),
                ),
              },
              { ...strict, description: "of the Requesty and OpenAI face" },
            ),
          ),
        },
        { ...strict, description: "manners of the hosted APIs that differ between their versions" },
      ),
    ),
  },
  { ...strict, $id: "signalbox.yaml", title: "signalbox configuration" },
)

export type ConfigFile = Static<typeof ConfigSchema>
export type ProviderConfig = Static<typeof ProviderSchema>
export type ModelConfig = Static<typeof ModelSchema>
export type KeyConfig = Static<typeof KeySchema>
export type ApprovalRuleConfig = Static<typeof ApprovalRuleSchema>
export type PolicyConfig = Static<typeof PolicySchema>
export type PresetConfig = Static<typeof PresetSchema>
