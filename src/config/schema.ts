import { type Static, Type } from "@sinclair/typebox"

const strict = { additionalProperties: false } as const
const optional = Type.Optional
const text = (description: string) => Type.String({ description, minLength: 1 })
const flag = (description: string) => Type.Boolean({ description })
const count = (description: string, minimum = 0) => Type.Integer({ description, minimum })
const seconds = (description: string) => Type.Number({ description, minimum: 0 })
/** Far above every price there is; far below what nano-dollars cannot count any more. */
const dearest = 10_000
const usd = (description: string) => Type.Number({ description, minimum: 0, maximum: dearest })

const priceFields = {
  input: optional(usd("USD per million input tokens")),
  output: optional(usd("USD per million output tokens")),
  cache_read: optional(usd("USD per million input tokens read from the upstream's prompt cache")),
  cache_write: optional(usd("USD per million input tokens written to the upstream's prompt cache")),
  cache_write_1h: optional(usd("the same for a cache that lives an hour")),
  audio_input: optional(usd("USD per million audio input tokens")),
  audio_output: optional(usd("USD per million audio output tokens")),
  image_input: optional(usd("USD per million image input tokens")),
  image_output: optional(usd("USD per million image output tokens")),
  reasoning: optional(usd("USD per million reasoning tokens; default: the output price")),
  request: optional(usd("USD per request, on top of tokens")),
  // A name that nothing counts by would make the model free without a word.
  per_unit: optional(
    Type.Object(
      {
        images: optional(usd("USD per image that was made")),
        searches: optional(usd("USD per search unit of a rerank")),
        characters: optional(usd("USD per character that is spoken")),
        seconds: optional(usd("USD per second of audio that is written down")),
        webSearch: optional(usd("USD per search of the web")),
        webFetch: optional(usd("USD per page that is fetched from the web")),
      },
      { ...strict, description: "USD per piece, by what is counted" },
    ),
  ),
}

const PriceSchema = Type.Object(
  {
    ...priceFields,
    tiers: optional(
      Type.Array(
        Type.Composite(
          [
            Type.Object({ above: count("input tokens above which these prices hold") }),
            Type.Partial(Type.Object(priceFields)),
          ],
          strict,
        ),
        { description: "higher prices for long inputs, ascending" },
      ),
    ),
  },
  { ...strict, description: "USD per million tokens; wins over every other source of prices" },
)

const ModelSchema = Type.Object(
  {
    id: text("public name, author/model"),
    upstream: optional(text("the upstream's own name; default: the id without the provider's slug in front")),
    kind: optional(
      Type.Union(
        [
          Type.Literal("chat"),
          Type.Literal("embeddings"),
          Type.Literal("rerank"),
          Type.Literal("images"),
          Type.Literal("speech"),
          Type.Literal("transcription"),
        ],
        { description: "what it is for; default chat" },
      ),
    ),
    name: optional(text("name for people")),
    description: optional(text("one paragraph")),
    context: optional(count("context window in tokens", 1)),
    max_output: optional(count("largest answer in tokens", 1)),
    price: optional(PriceSchema),
    tools: optional(flag("calls tools")),
    vision: optional(flag("reads images")),
    pdf: optional(flag("reads PDF")),
    audio: optional(flag("reads audio")),
    reasoning: optional(flag("reasons before it answers")),
    structured_output: optional(flag("follows a JSON schema")),
    prompt_cache: optional(flag("the upstream caches prompts")),
  },
  strict,
)

const TimeoutsSchema = Type.Object(
  {
    connect: optional(seconds("until the upstream's response headers of a streamed call; default 30")),
    first_part: optional(
      seconds("until the first part of the answer (one that is not streamed is a single part); default 300"),
    ),
    idle: optional(seconds("between two parts; default 120")),
    total: optional(seconds("for a whole answer; default 1800")),
  },
  { ...strict, description: "deadlines per attempt, in seconds" },
)

const ProviderSchema = Type.Object(
  {
    id: Type.String({
      pattern: "^[a-z0-9][a-z0-9._-]*$",
      description: "slug; the profile of the same name unless plugin says otherwise",
    }),
    plugin: optional(text("the kind of provider, when the id is a name of your own")),
    enabled: optional(flag("default true")),
    name: optional(text("name for people")),
    api_key: optional(text("the upstream's key; default: its usual environment variable")),
    base_url: optional(Type.String({ pattern: "^https?://", description: "where the upstream answers" })),
    headers: optional(Type.Record(Type.String(), Type.String(), { description: "added to every request" })),
    options: optional(Type.Record(Type.String(), Type.Unknown(), { description: "whatever the plugin understands" })),
    region: optional(text("where inference runs: eu, us, eu-central-1 …")),
    zdr: optional(flag("the upstream keeps no data")),
    models: optional(Type.Array(ModelSchema, { description: "what is offered; absent: every name after the slug" })),
    timeouts: optional(TimeoutsSchema),
  },
  strict,
)

const KeySchema = Type.Object(
  {
    name: text("unique name"),
    key: Type.String({ minLength: 8, description: "the token itself; only its SHA-256 is kept" }),
    limit: optional(
      Type.Number({
        minimum: 0,
        maximum: 4_000_000,
        description: "USD that may be spent per window; absent: no limit",
      }),
    ),
    limit_reset: optional(
      Type.Union([Type.Literal("daily"), Type.Literal("weekly"), Type.Literal("monthly"), Type.Literal("never")], {
        description: "when the limit starts anew, UTC; default never",
      }),
    ),
    expires_at: optional(text("RFC 3339 date-time")),
    disabled: optional(flag("default false")),
    strict: optional(flag("refuse requests that would lose something in translation")),
  },
  strict,
)

const PolicySchema = Type.Object(
  {
    fallback: Type.Array(
      Type.Object({ model: text("author/model"), retries: optional(count("tries more at the same model")) }, strict),
      { minItems: 1, description: "tried in this order" },
    ),
  },
  strict,
)

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
    strategy: optional(text("name of the strategy that orders providers of one model; default: configured order")),
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
