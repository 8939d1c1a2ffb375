import type {
  Abilities,
  Ability,
  AbilityName,
  ChatRequest,
  EmbeddingsReply,
  EmbeddingsRequest,
  ImageReply,
  ImageRequest,
  RerankReply,
  RerankRequest,
  SpeechReply,
  SpeechRequest,
  TranscriptionReply,
  TranscriptionRequest,
  Usage,
} from "../../contract/index.ts"

/** What each ability takes and gives. */
export interface AbilityForms {
  readonly embeddings: { readonly request: EmbeddingsRequest; readonly reply: EmbeddingsReply }
  readonly rerank: { readonly request: RerankRequest; readonly reply: RerankReply }
  readonly images: { readonly request: ImageRequest; readonly reply: ImageReply }
  readonly speech: { readonly request: SpeechRequest; readonly reply: SpeechReply }
  readonly transcription: { readonly request: TranscriptionRequest; readonly reply: TranscriptionReply }
  readonly countTokens: { readonly request: ChatRequest; readonly reply: number }
}

export type RequestOf<Name extends AbilityName> = AbilityForms[Name]["request"]
export type ReplyOf<Name extends AbilityName> = AbilityForms[Name]["reply"]

/** One request that is no conversation. */
export interface Work<Name extends AbilityName> {
  readonly ability: Name
  readonly request: RequestOf<Name>
}

/** The compiler does not follow a name through a table of generics. */
export const abilityOf = <Name extends AbilityName>(
  abilities: Abilities | undefined,
  name: Name,
): Ability<RequestOf<Name>, ReplyOf<Name>> | undefined =>
  abilities?.[name] as Ability<RequestOf<Name>, ReplyOf<Name>> | undefined

/** What the upstream says it used, if the reply has a place for it. */
export const usageOf = (reply: unknown): Usage | undefined =>
  typeof reply === "object" && reply !== null ? (reply as { readonly usage?: Usage }).usage : undefined
