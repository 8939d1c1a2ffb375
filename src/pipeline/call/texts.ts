import type { AbilityName, ChatRequest, EmbeddingInput, RerankDocument } from "../../contract/index.ts"
import { unreadable } from "../content-filters/content-screen.ts"
import { contentFiltersOf } from "../content-filters/filters.ts"
import type { Exchange } from "../exchange.ts"
import type { RequestOf, Work } from "./work.ts"

type Change = (text: string) => Promise<string>

type Changers = {
  readonly [Name in AbilityName]: (request: RequestOf<Name>, change: Change) => Promise<RequestOf<Name>>
}

const input = async (item: EmbeddingInput, change: Change): Promise<EmbeddingInput> => {
  if (item.type === "text") return { ...item, text: await change(item.text) }
  if (item.type === "tokens") return item
  const content = await Promise.all(
    item.content.map(async (part) => (part.type === "text" ? { ...part, text: await change(part.text) } : part)),
  )
  return { ...item, content }
}

const document = async (item: RerankDocument, change: Change): Promise<RerankDocument> =>
  item.text === undefined ? item : { ...item, text: await change(item.text) }

/** Every text that goes upstream, where a guardrail has to see it. */
const changers: Changers = {
  embeddings: async (request, change) => ({
    ...request,
    input: await Promise.all(request.input.map((item) => input(item, change))),
  }),
  rerank: async (request, change) => ({
    ...request,
    query: await change(request.query),
    documents: await Promise.all(request.documents.map((item) => document(item, change))),
  }),
  images: async (request, change) => ({ ...request, prompt: await change(request.prompt) }),
  speech: async (request, change) => ({ ...request, input: await change(request.input) }),
  transcription: async (request, change) =>
    request.prompt === undefined ? request : { ...request, prompt: await change(request.prompt) },
  countTokens: async (request: ChatRequest) => request,
}

/** Throws for input in a form that the key's content filters cannot look through, where they refuse or redact. */
export function refuseTokens<Name extends AbilityName>({ standing }: Exchange, { ability, request }: Work<Name>): void {
  if (ability !== "embeddings" || contentFiltersOf(standing).every(({ action }) => action === "flag")) return
  if ((request as RequestOf<"embeddings">).input.some(({ type }) => type === "tokens")) throw unreadable()
}

/** The same work with each of its texts changed. */
export async function withTexts<Name extends AbilityName>(work: Work<Name>, change: Change): Promise<Work<Name>> {
  return { ...work, request: await changers[work.ability](work.request, change) }
}
