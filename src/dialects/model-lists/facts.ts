import type { Json, JsonObject, Modality, ModelFacts, ModelKind, Traits } from "../../contract/index.ts"
import { type PriceUnit, priceIn } from "./price.ts"
import { countIn, dayIn, firstOf, flagIn, known, membersOf, momentIn, rowsOf, textIn, textsIn } from "./values.ts"

export interface ListQuirks {
  /** What the vendor's prices count; absent: only those that are written as texts are believed, per token. */
  readonly prices?: PriceUnit
  /** False: `created` is when the server was started, or asked. */
  readonly created?: boolean
}

const modalityWords: Readonly<Record<string, Modality>> = {
  text: "text",
  image: "image",
  file: "file",
  pdf: "file",
  audio: "audio",
  speech: "audio",
  video: "video",
}

const modalitiesIn = (value: Json | undefined): readonly Modality[] | undefined => {
  const words = textsIn(value)?.flatMap((word) => (Object.hasOwn(modalityWords, word) ? [modalityWords[word]!] : []))
  return words === undefined || words.length === 0 ? undefined : [...new Set(words)]
}

/** Words for kinds in the lists of Together, Vercel, Requesty, LM Studio and OpenRouter; `none` is nothing that can be asked here. */
const kindWords: Readonly<Record<string, ModelKind | "none">> = {
  embedding: "embeddings",
  embeddings: "embeddings",
  rerank: "rerank",
  image: "images",
  speech: "speech",
  tts: "speech",
  transcription: "transcription",
  transcribe: "transcription",
  moderation: "none",
  video: "none",
}

const kindIn = (row: JsonObject): ModelKind | "none" | undefined => {
  const outputs = textsIn(membersOf(row.architecture).output_modalities)
  const only = outputs?.length === 1 ? outputs[0] : undefined
  const word = firstOf(textIn, row.type, row.api, row.model_type) ?? only
  return word !== undefined && Object.hasOwn(kindWords, word) ? kindWords[word] : undefined
}

/** What lists say of abilities, in whatever words: flags, parameters, tags, capabilities. */
function traitsIn(row: JsonObject, input: readonly Modality[] | undefined): Traits | undefined {
  const can = membersOf(row.capabilities)
  const tags = textsIn(row.tags)
  const tagged = (tag: string) => (tags?.includes(tag) ? true : undefined)
  const parameters = textsIn(row.supported_parameters)
  const has = (parameter: string) => parameters?.includes(parameter)
  const traits: Traits = known({
    tools:
      firstOf(flagIn, row.supports_tool_calling, row.supports_tools, can.function_calling) ??
      has("tools") ??
      tagged("tool-use"),
    vision:
      firstOf(flagIn, row.supports_vision, row.supports_image_input, row.supports_image_in, can.vision) ??
      input?.includes("image") ??
      tagged("vision"),
    reasoning: firstOf(flagIn, row.supports_reasoning, can.reasoning) ?? has("reasoning") ?? tagged("reasoning"),
    pdf: input?.includes("file"),
    audio: input?.includes("audio"),
    structuredOutput: flagIn(row.supports_output_json_schema) ?? has("structured_outputs"),
    promptCache: flagIn(row.supports_caching),
    imageOutput: flagIn(row.supports_image_generation),
  })
  return Object.keys(traits).length === 0 ? undefined : traits
}

function reasoningIn(row: JsonObject): ModelFacts["reasoning"] {
  const reasoning = membersOf(row.reasoning)
  const facts = known({
    mandatory: flagIn(reasoning.mandatory),
    byDefault: flagIn(reasoning.default_enabled),
    efforts: textsIn(reasoning.supported_efforts),
    defaultEffort: textIn(reasoning.default_effort),
    budget: flagIn(reasoning.supports_max_tokens),
  })
  return Object.keys(facts).length === 0 ? undefined : facts
}

const writesTexts = (pricing: Json | undefined): boolean => {
  const { prompt, input } = membersOf(pricing)
  return typeof (prompt ?? input) === "string"
}

/** One row of a list as OpenAI's imitators write it, with what each of them adds. Undefined: it is no model that could be asked. */
export function factsOfRow(row: JsonObject, quirks: ListQuirks = {}): ModelFacts | undefined {
  const upstream = textIn(row.id) ?? textIn(row.model)
  const kind = kindIn(row)
  if (upstream === undefined || kind === "none" || row.active === false) return undefined
  const top = membersOf(row.top_provider)
  const meta = membersOf(row.metadata)
  const server = membersOf(row.meta)
  const shape = membersOf(row.architecture)
  const input = modalitiesIn(shape.input_modalities ?? row.input_modalities)
  const name = firstOf(textIn, row.display_name, row.name, row.title)
  const believed = quirks.prices !== undefined || row.input_price !== undefined || writesTexts(row.pricing)
  return known({
    upstream,
    kind,
    name: name === upstream ? undefined : name,
    description: firstOf(textIn, row.description, meta.description),
    context: firstOf(
      countIn,
      row.context_length,
      row.context_window,
      row.max_model_len,
      row.max_context_length,
      row.context_size,
      top.context_length,
      meta.context_length,
      server.n_ctx,
    ),
    maxOutput: firstOf(
      countIn,
      row.max_completion_tokens,
      row.max_output_tokens,
      top.max_completion_tokens,
      row.max_tokens,
    ),
    price: believed ? priceIn(row, quirks.prices ?? "token") : undefined,
    traits: traitsIn(row, input),
    input,
    output: modalitiesIn(shape.output_modalities ?? row.output_modalities),
    parameters: textsIn(row.supported_parameters),
    reasoning: reasoningIn(row),
    quantization: textIn(row.quantization),
    knowledge: textIn(row.knowledge_cutoff),
    shutdown: firstOf(dayIn, row.shutdown_date, row.expiration_date, row.deprecation, row.retires_at),
    deprecated: row.deprecated === true ? true : undefined,
    created: quirks.created === false ? undefined : momentIn(row.created),
  }) as ModelFacts
}

/** `GET /models` as OpenAI and its imitators answer it. */
export const readModelList = (document: Json, quirks?: ListQuirks): readonly ModelFacts[] =>
  rowsOf(document).flatMap((row) => factsOfRow(row, quirks) ?? [])
