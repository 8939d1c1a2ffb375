import {
  type Ability,
  type AbilityCall,
  GatewayError,
  type Json,
  type JsonObject,
  type RerankDocument,
  type RerankReply,
  type RerankRequest,
} from "../../../contract/index.ts"
import { jsonReply, type MediaEndpoint, postJson } from "../../media/endpoint.ts"
import { dropExtras } from "../../media/losses.ts"
import { decodeRerank } from "./decode.ts"
import type { RerankQuirks } from "./quirks.ts"

const encodeDocument = (document: RerankDocument, index: number, { documents }: RerankQuirks): Json => {
  const { text, image } = document
  if (image === undefined) return text ?? ""
  if (documents === "objects") return { ...(text === undefined ? {} : { text }), image }
  const param = `documents[${index}].image`
  throw new GatewayError("unsupported_parameter", `${param}: the model ranks texts only`, { param })
}

const encodeBody = (request: RerankRequest, quirks: RerankQuirks, call: AbilityCall): JsonObject => {
  const { topN, extras } = request
  const taken = Object.entries(extras ?? {}).filter(([name]) => quirks.fields?.includes(name) ?? true)
  const sent = Object.fromEntries(taken)
  dropExtras(call, extras, Object.keys(sent))
  return {
    ...quirks.body,
    model: call.model,
    query: request.query,
    documents: request.documents.map((document, index) => encodeDocument(document, index, quirks)),
    // More results than documents are refused by some.
    ...(topN === undefined ? {} : { [quirks.topN ?? "top_n"]: Math.min(topN, request.documents.length) }),
    ...(quirks.returnsDocuments ? { return_documents: false } : {}),
    ...sent,
  }
}

/** Ranking by the route that most vendors took over from Cohere. */
export const openAiLikeRerank = (
  endpoint: MediaEndpoint,
  quirksOf: RerankQuirks | ((model: string) => RerankQuirks) = {},
): Ability<RerankRequest, RerankReply> => ({
  async run(request, call) {
    const quirks = typeof quirksOf === "function" ? quirksOf(call.model) : quirksOf
    const response = await postJson(call, endpoint, quirks.path ?? "rerank", encodeBody(request, quirks, call))
    return decodeRerank(await jsonReply(response), request.documents.length)
  },
})
