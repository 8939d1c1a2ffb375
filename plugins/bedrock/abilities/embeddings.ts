import {
  badReply,
  counted,
  decodeVector,
  dropExtras,
  dropParameter,
  encodeInputType,
  inlineData,
  joinEmbeddings,
  runBatches,
} from "signalbox/dialects"
import {
  type Ability,
  type AbilityCall,
  type EmbeddingInput,
  type EmbeddingsReply,
  type EmbeddingsRequest,
  type EmbeddingVector,
  emptyUsage,
  GatewayError,
  isObject,
  type Json,
  type JsonObject,
} from "signalbox/plugin"
import type { Account } from "../account.ts"
import { imageFormats } from "../converse/formats.ts"

/** One family of embedding models: its body for a batch, and where the vectors are. */
interface Family {
  readonly match: RegExp
  /** Inputs in one call. */
  readonly batch: number
  body(request: EmbeddingsRequest, inputs: readonly EmbeddingInput[], call: AbilityCall): JsonObject
  vectors(body: JsonObject): readonly (Json | undefined)[]
  tokens(body: JsonObject): Json | undefined
}

const refuse = (problem: string): GatewayError =>
  new GatewayError("unsupported_parameter", `input: ${problem}`, { param: "input" })

const textOf = (input: EmbeddingInput): string => {
  if (input.type === "text") return input.text
  if (input.type === "tokens") throw refuse("the upstream takes no tokens; send the text")
  return input.content
    .map((part) => {
      if (part.type !== "text") throw refuse("the model embeds text only")
      return part.text
    })
    .join("\n")
}

interface Picture {
  readonly base64: string
  readonly format: string
}

/** An input's text and its one picture. */
const mixedOf = (input: EmbeddingInput): { readonly text: string; readonly picture: Picture | undefined } => {
  if (input.type !== "content") return { text: textOf(input), picture: undefined }
  let [text, picture]: [string, Picture | undefined] = ["", undefined]
  for (const part of input.content) {
    if (part.type === "text") text += part.text
    else if (part.type === "media" && part.kind === "image" && !picture) {
      const data = inlineData(part)
      const format = imageFormats[data?.mime ?? "image/png"]
      if (!data || format === undefined) throw refuse("send the picture as a data: URL of a PNG, JPEG, GIF or WebP")
      picture = { base64: data.base64, format }
    } else throw refuse("the model embeds a text, or a picture, or both")
  }
  return { text, picture }
}

/** Every family but Cohere's has one purpose for its vectors. */
const withoutPurpose = (request: EmbeddingsRequest, call: AbilityCall, own: readonly string[]): JsonObject => {
  encodeInputType(request.inputType, undefined, call)
  dropExtras(call, request.extras, own)
  return Object.fromEntries(Object.entries(request.extras ?? {}).filter(([name]) => own.includes(name)))
}

const purposes = {
  field: "purpose",
  words: {
    search_query: "TEXT_RETRIEVAL",
    search_document: "GENERIC_INDEX",
    classification: "CLASSIFICATION",
    clustering: "CLUSTERING",
  },
} as const

const families: readonly Family[] = [
  {
    // docs.aws.amazon.com, Nova embeddings schema.
    match: /nova-.*embed/,
    batch: 1,
    body(request, [input], call) {
      const { text, picture } = mixedOf(input as EmbeddingInput)
      const { purpose = "GENERIC_INDEX" } = encodeInputType(request.inputType, purposes, call)
      dropExtras(call, request.extras)
      if (text !== "" && picture) throw refuse("the model embeds one text or one picture at a time")
      return {
        taskType: "SINGLE_EMBEDDING",
        singleEmbeddingParams: {
          embeddingPurpose: purpose,
          embeddingDimension: request.dimensions ?? 1024,
          ...(picture
            ? { image: { format: picture.format, source: { bytes: picture.base64 } } }
            : { text: { truncationMode: "END", value: text } }),
        },
      }
    },
    vectors: ({ embeddings }) =>
      (Array.isArray(embeddings) ? embeddings : []).map((row) => (isObject(row) ? row.embedding : undefined)),
    tokens: ({ inputTokenCount }) => inputTokenCount,
  },
  {
    match: /cohere\.embed-/,
    batch: 96,
    body(request, inputs, call) {
      const own = ["truncate", "embedding_types", "max_tokens"]
      dropExtras(call, request.extras, own)
      return {
        texts: inputs.map(textOf),
        ...encodeInputType(request.inputType, { field: "input_type", required: "search_document" }, call),
        ...(request.dimensions === undefined ? {} : { output_dimension: request.dimensions }),
        ...Object.fromEntries(Object.entries(request.extras ?? {}).filter(([name]) => own.includes(name))),
      }
    },
    // Version 3 gives a list, version 4 one per type.
    vectors({ embeddings }) {
      const list = isObject(embeddings) ? embeddings.float : embeddings
      return Array.isArray(list) ? list : []
    },
    tokens: () => undefined,
  },
  {
    match: /titan-embed-image/,
    batch: 1,
    body(request, [input], call) {
      const { text, picture } = mixedOf(input as EmbeddingInput)
      withoutPurpose(request, call, [])
      return {
        ...(text === "" ? {} : { inputText: text }),
        ...(picture ? { inputImage: picture.base64 } : {}),
        ...(request.dimensions === undefined ? {} : { embeddingConfig: { outputEmbeddingLength: request.dimensions } }),
      }
    },
    vectors: ({ embedding }) => [embedding],
    tokens: ({ inputTextTokenCount }) => inputTextTokenCount,
  },
  {
    match: /titan-embed-(?:text|g1)/,
    batch: 1,
    body(request, [input], call) {
      const own = withoutPurpose(request, call, ["normalize"])
      if (/titan-embed-(?:text-v1|g1)/.test(call.model) && request.dimensions !== undefined) {
        dropParameter(call, "dimensions", "the model's vectors have one length")
        return { inputText: textOf(input as EmbeddingInput), ...own }
      }
      return {
        inputText: textOf(input as EmbeddingInput),
        ...(request.dimensions === undefined ? {} : { dimensions: request.dimensions }),
        ...own,
      }
    },
    vectors: ({ embedding }) => [embedding],
    tokens: ({ inputTextTokenCount }) => inputTextTokenCount,
  },
]

const familyOf = (base: string): Family | undefined => families.find(({ match }) => match.test(base))

const tokensOf = (value: Json | undefined, headers: Headers): number | undefined => {
  const header = headers.get("x-amzn-bedrock-input-token-count")
  const tokens = typeof value === "number" ? value : header === null ? Number.NaN : Number(header)
  return Number.isFinite(tokens) ? tokens : undefined
}

const replyOf = (vectors: readonly EmbeddingVector[], tokens: number | undefined): EmbeddingsReply => ({
  vectors,
  ...(tokens === undefined ? {} : { usage: { ...counted({}), input: { ...emptyUsage.input, fresh: tokens } } }),
})

/** Losses are the same for each of a request's calls, and told once. */
const toldOnce = (call: AbilityCall): AbilityCall => {
  const told = new Set<string>()
  return {
    ...call,
    lose(loss) {
      const key = `${loss.path} ${loss.reason}`
      if (!told.has(key)) call.lose(loss)
      told.add(key)
    },
  }
}

/** Titan, Cohere and Nova, each in its own form, by InvokeModel. */
export const embeddings = (account: Account): Ability<EmbeddingsRequest, EmbeddingsReply> => ({
  serves: (model) => familyOf(account.baseOf(model)) !== undefined,
  classify: (failure) => account.classify(failure),
  async run(request, call) {
    const family = familyOf(account.baseOf(call.model))
    if (!family) throw new GatewayError("upstream_model_not_found", `${call.model} makes no embeddings`)
    const once = toldOnce(call)
    if (request.user !== undefined) dropParameter(once, "user", "the upstream has no such field")
    const url = account.modelUrl(call.model, "invoke")
    const replies = await runBatches(request.input, family.batch, async (batch) => {
      const reply = await account.post(url, family.body(request, batch, once), call)
      const vectors = family.vectors(reply.body).map(decodeVector)
      if (vectors.length !== batch.length)
        throw badReply(`The upstream answered with ${vectors.length} vectors for ${batch.length} inputs`)
      return replyOf(vectors, tokensOf(family.tokens(reply.body), reply.headers))
    })
    return joinEmbeddings(replies)
  },
})
