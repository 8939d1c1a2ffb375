import { isObject, type Json, type RerankDocument, type RerankRequest } from "../../contract/index.ts"
import { defined, extrasOf, Fields, invalid } from "../media/fields.ts"

/** Documents with fields of their own, as Cohere's older API takes them: one line a field, which is how its newer one wants them. */
const linesOf = (document: Readonly<Record<string, Json>>, rankFields: readonly string[] | undefined): string =>
  Object.entries(document)
    .filter(([name, value]) => value !== null && (rankFields?.includes(name) ?? true))
    .map(([name, value]) => `${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join("\n")

const urlOf = (image: Json | undefined, path: string): string | undefined => {
  if (image === undefined || image === null) return undefined
  const url = isObject(image) ? image.url : image
  if (typeof url !== "string") throw invalid(path, "must be a URL or a data: URL")
  return url
}

const decodeDocument = (document: Json, path: string, rankFields: readonly string[] | undefined): RerankDocument => {
  if (typeof document === "string") return { text: document }
  if (!isObject(document)) throw invalid(path, "must be a text, or an object with text or image")
  const { text } = document
  const image = urlOf(document.image, `${path}.image`)
  if (text !== undefined && text !== null && typeof text !== "string") throw invalid(`${path}.text`, "must be a text")
  const picked = rankFields !== undefined && (rankFields.length > 1 || rankFields[0] !== "text")
  if (typeof text === "string" && !picked) return { text, ...defined({ image }) }
  if (image !== undefined) return { image }
  const lines = linesOf(document, rankFields)
  if (lines === "") throw invalid(path, "has nothing to rank: send a text, or an object with text or image")
  return { text: lines }
}

const decodeDocuments = (
  documents: Json | undefined,
  rankFields: readonly string[] | undefined,
): readonly RerankDocument[] => {
  if (documents === undefined) throw invalid("documents", "is missing: send a list of texts")
  if (!Array.isArray(documents)) throw invalid("documents", "must be a list of texts or objects")
  if (documents.length === 0) throw invalid("documents", "is empty: send at least one document")
  return documents.map((document, index) => decodeDocument(document, `documents[${index}]`, rankFields))
}

const decodeQuery = (query: Json | undefined): string => {
  const text = isObject(query) ? query.text : query
  if (text === undefined) throw invalid("query", "is missing: send the text to compare the documents with")
  if (typeof text !== "string") throw invalid("query", "must be a text")
  if (text === "") throw invalid("query", "is empty: send the text to compare the documents with")
  return text
}

/** OpenRouter's clients may name their models in `models` alone. */
const decodeModel = (fields: Fields, body: Readonly<Record<string, Json>>): string => {
  const model = fields.string("model")
  if (model !== undefined && model !== "") return model
  if (Array.isArray(body.models) && body.models.length > 0) return ""
  throw invalid("model", "is missing: name a rerank model")
}

/**
 * The body of `POST /rerank` as OpenRouter's, Cohere's, Jina's and Voyage's clients write it. Throws GatewayError `invalid_request`
 * with the path of the field at fault.
 */
export const decodeRerankRequest = (body: Json): RerankRequest => {
  if (!isObject(body)) throw invalid("body", "must be a JSON object")
  const fields = new Fields(body)
  const rankFields = fields.strings("rank_fields")
  // Voyage's word for it.
  const topK = fields.integer("top_k", 1)
  return {
    model: decodeModel(fields, body),
    query: decodeQuery(fields.any("query")),
    documents: decodeDocuments(fields.any("documents"), rankFields),
    ...defined({ topN: fields.integer("top_n", 1) ?? topK, returnDocuments: fields.boolean("return_documents") }),
    ...extrasOf(fields),
  }
}
