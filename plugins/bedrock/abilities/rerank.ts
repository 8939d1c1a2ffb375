import { badReply, counted, dropExtras } from "signalbox/dialects"
import {
  type Ability,
  GatewayError,
  isObject,
  type JsonObject,
  type RerankReply,
  type RerankRequest,
} from "signalbox/plugin"
import type { Account } from "../account.ts"
import { partitionName } from "../hosts.ts"

/** Amazon bills a query by hundreds of documents, as Cohere does. */
const documentsPerUnit = 100

/** Named in requests by ARN only. */
const arnOf = (model: string, base: string, region: string): string =>
  model.startsWith("arn:") ? model : `arn:${partitionName(region)}:bedrock:${region}::foundation-model/${base}`

const sourcesOf = ({ documents }: RerankRequest): JsonObject[] =>
  documents.map(({ text, image }, index): JsonObject => {
    const path = `documents[${index}]`
    if (image !== undefined)
      throw new GatewayError("unsupported_parameter", `${path}: the model ranks texts only`, { param: path })
    return { type: "INLINE", inlineDocumentSource: { type: "TEXT", textDocument: { text: text ?? "" } } }
  })

const resultsOf = (body: JsonObject, count: number): RerankReply["results"] =>
  (Array.isArray(body.results) ? body.results : []).map((row) => {
    const { index, relevanceScore } = isObject(row) ? row : {}
    if (typeof index !== "number" || typeof relevanceScore !== "number" || index < 0 || index >= count)
      throw badReply("The upstream ranked a document that it was not given")
    return { index, score: relevanceScore }
  })

/** Amazon's and Cohere's rerankers, by Bedrock's agent runtime; a long list comes in pages. */
export const rerank = (account: Account, agentUrl: string, region: string): Ability<RerankRequest, RerankReply> => ({
  serves: (model) => /(?:^|[./])(?:amazon|cohere)\.rerank-/.test(account.baseOf(model)),
  classify: (failure) => account.classify(failure),
  async run(request, call) {
    const own = request.extras?.additionalModelRequestFields
    dropExtras(call, request.extras, own === undefined ? [] : ["additionalModelRequestFields"])
    const modelArn = arnOf(call.model, account.baseOf(call.model), region)
    const wanted = Math.min(request.topN ?? request.documents.length, request.documents.length)
    const query: JsonObject = {
      queries: [{ type: "TEXT", textQuery: { text: request.query } }],
      sources: sourcesOf(request),
      rerankingConfiguration: {
        type: "BEDROCK_RERANKING_MODEL",
        bedrockRerankingConfiguration: {
          modelConfiguration: { modelArn, ...(own === undefined ? {} : { additionalModelRequestFields: own }) },
          numberOfResults: wanted,
        },
      },
    }
    const results: RerankReply["results"][number][] = []
    let nextToken: string | undefined
    do {
      const { body } = await account.post(
        `${agentUrl}/rerank`,
        nextToken === undefined ? query : { ...query, nextToken },
        call,
      )
      const page = resultsOf(body, request.documents.length)
      results.push(...page)
      nextToken = page.length > 0 && typeof body.nextToken === "string" ? body.nextToken : undefined
    } while (nextToken !== undefined && results.length < wanted)
    const searches = Math.max(1, Math.ceil(request.documents.length / documentsPerUnit))
    return {
      results: results.sort((one, other) => other.score - one.score).slice(0, wanted),
      usage: counted({ searches }),
    }
  },
})
