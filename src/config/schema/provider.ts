import { Type } from "@sinclair/typebox"
import { ModelSchema } from "./model.ts"
import { count, dataCollection, flag, optional, seconds, strict, text } from "./pieces.ts"

export const TimeoutsSchema = Type.Object(
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

export const ProviderSchema = Type.Object(
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
    data_collection: optional(dataCollection),
    quantization: optional(text("how weights are stored there, for models that do not say otherwise")),
    api_keys: optional(
      Type.Array(text("one of several keys"), {
        minItems: 1,
        description:
          "several keys instead of api_key: taken in turn, and one that is refused or exhausted is left alone",
      }),
    ),
    concurrency: optional(count("requests at once; more wait in a queue; default: any number", 1)),
    queue: optional(count("requests that may wait; default 100")),
    queue_seconds: optional(seconds("how long one may wait; default 30")),
    headquarters: optional(text("two-letter country of the company")),
    datacenters: optional(Type.Array(text("two-letter country"), { description: "countries of its data centres" })),
    privacy_policy_url: optional(text("for the list of providers")),
    terms_of_service_url: optional(text("for the list of providers")),
    status_page_url: optional(text("for the list of providers")),
    models: optional(Type.Array(ModelSchema, { description: "what is offered; absent: every name after the slug" })),
    timeouts: optional(TimeoutsSchema),
  },
  strict,
)
