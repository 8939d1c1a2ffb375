import { Type } from "@sinclair/typebox"
import { count, flag, optional, strict, text, usd } from "./pieces.ts"

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

const modality = Type.Union(
  [Type.Literal("text"), Type.Literal("image"), Type.Literal("file"), Type.Literal("audio"), Type.Literal("video")],
  { description: "text, image, file, audio or video" },
)

export const ModelSchema = Type.Object(
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
    canonical: optional(text("author/slug of the same weights at every provider; default: the id")),
    max_input: optional(count("largest input in tokens, where that is less than context", 1)),
    input: optional(Type.Array(modality, { description: "what it reads" })),
    output: optional(Type.Array(modality, { description: "what it writes" })),
    parameters: optional(Type.Array(text("request parameter"), { description: "which request parameters it takes" })),
    efforts: optional(Type.Array(text("effort"), { description: "which reasoning efforts it knows, lowest first" })),
    quantization: optional(text("how its weights are stored: fp8, int4, bf16 …")),
    released: optional(text("day of its release, YYYY-MM-DD")),
    knowledge: optional(text("where its knowledge ends, YYYY-MM or YYYY-MM-DD")),
    shutdown: optional(text("day on which it goes away, YYYY-MM-DD")),
    distillable: optional(flag("its author allows training other models on what it writes")),
    tags: optional(Type.Array(text("tag"), { description: "your own words for lists and rules" })),
  },
  strict,
)
