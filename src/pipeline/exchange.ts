import type {
  AbilityName,
  ApiName,
  AttemptRecord,
  CacheQuery,
  CallInfo,
  ChatRequest,
  ClientDialect,
  Face,
  GatewayError,
  Json,
  JsonObject,
  Loss,
  PriceSource,
  RequestAddress,
  SearchResult,
  Usage,
  WebSearchTool,
} from "../contract/index.ts"
import { clientPath } from "../dialects/translate/index.ts"
import type { RequestSize } from "../ledger/estimate.ts"
import type { RequestFields } from "./fields.ts"
import type { RequestFiles } from "./media/request-files.ts"
import type { Found } from "./search/found.ts"
import type { Hold, LiveOffer, OfferPrice, Principal, Services, Snapshot } from "./services.ts"

/** A request as the HTTP layer hands it over: authenticated, body read, nothing decided. */
export interface Inbound {
  readonly requestId: string
  readonly face: Face
  /** The format that the client speaks. */
  readonly client: ClientDialect
  /** What the address says about the request, for formats that put it there. */
  readonly address?: RequestAddress
  readonly principal: Principal
  readonly body: string
  readonly headers: Headers
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal
  /** Milliseconds UTC. */
  readonly startedAt: number
  /** See `ReplyIdentity.echo`. */
  readonly echo?: JsonObject
  /** What the route could not do of what was asked. */
  readonly losses?: readonly Loss[]
  /** Gets the whole answer as JSON text once it is complete, in the client's format, before the client gets its end. */
  readonly keep?: (id: string, reply: string) => void | Promise<void>
}

/** A request that is no conversation: its fields were read from a body or a form already. */
export interface CallInbound extends Omit<Inbound, "client" | "address" | "echo" | "losses" | "keep"> {
  readonly client?: undefined
  readonly api: ApiName
  readonly ability: AbilityName
  readonly fields: RequestFields
}

/** What of a request decides how much it can cost. */
export interface AskedOutput {
  readonly maxOutputTokens: number | undefined
  readonly choices: number
  /** A plugin changed it, so that the body no longer tells. */
  readonly transformed: boolean
}

export interface FindingRecord {
  readonly guardrail: string
  readonly stage: "input" | "output"
  readonly label: string
  readonly action: "report" | "mask" | "block"
}

/** `embeddings-…`: what was asked for is seen in the id. */
const callId = (api: ApiName, token: string): string => `${api}-${token}`

/** What is known so far about one request. One object per request; each step fills in its part. */
export class Exchange {
  readonly inbound: Inbound | CallInbound
  readonly services: Services
  readonly snapshot: Snapshot
  readonly fields: RequestFields
  /** The id that the client sees in the answer and the generation is found by. */
  readonly id: string
  /** As the client named it, for the record. */
  readonly requestedModel: string
  /** What is routed: the requested model, or the one that a transform put in its place. */
  model: string
  /** What the worst case is reckoned from. */
  asked: AskedOutput
  readonly strict: boolean
  readonly attempts: AttemptRecord[] = []
  /** Of the attempt under way, then of the one that answered. */
  losses: Loss[] = []
  /** What every attempt of this request loses, whatever the upstream. */
  readonly ownLosses: Loss[] = []

  /** A guardrail, transform or cache looks at the content: the native lane is closed. */
  contentIsRead = false
  /** The body as JSON.parse gives it, where something had to look. */
  parsed: Json | undefined
  /** Decoded only where a lane needs it. */
  request: ChatRequest | undefined
  /** What was fetched and read of the request's files, over all attempts. */
  files: RequestFiles | undefined
  /** The search of the web that the model may make. */
  search: WebSearchTool | undefined
  /** What the gateway's own searches found, over all attempts; a text says why nothing. */
  searched: Promise<Found | string> | undefined
  /** The pages that the attempt under way, then the one that answered, was shown. */
  shownResults: readonly SearchResult[] | undefined
  offer: LiveOffer | undefined
  offerPrice: OfferPrice = { source: "none" }
  hold: Hold | undefined
  /** Output limit that the budget imposes; undefined = the client's own. */
  outputCap: number | undefined

  usage: Usage | undefined
  costNano = 0
  priceSource: PriceSource = "none"
  /** Measured once, for estimates. */
  size: RequestSize | undefined
  upstreamId: string | undefined
  finishReason: string | undefined
  nativeFinishReason: string | undefined
  firstPartAt: number | undefined
  /** Characters of answer that passed, for an estimate when no usage comes. */
  contentLength = 0
  cancelled = false
  error: GatewayError | undefined
  settled = false
  /** What guardrails found and only reported or masked; kept with the record. */
  readonly findings: FindingRecord[] = []
  /** The cache that had the answer. */
  cacheHit: string | undefined
  /** What to store the answer under. */
  cacheQuery: CacheQuery | undefined
  release: () => void

  constructor(inbound: Inbound | CallInbound, services: Services, snapshot: Snapshot, fields: RequestFields) {
    this.inbound = inbound
    this.services = services
    this.snapshot = snapshot
    this.fields = fields
    const token = services.newToken()
    this.id = inbound.client ? inbound.client.newId(inbound.face, token, inbound.startedAt) : callId(inbound.api, token)
    this.requestedModel = fields.model ?? snapshot.defaultModel
    this.model = this.requestedModel
    this.asked = {
      maxOutputTokens: fields.maxOutputTokens,
      choices: fields.choices,
      transformed: false,
    }
    this.strict = inbound.principal.strict || inbound.headers.get("x-signalbox-strict") === "true"
    // Only a decoded request can be given a search that its format does not have.
    this.contentIsRead = fields.search !== undefined
    this.release = snapshot.roster.acquire()
  }

  /** The client's format; only asked for where a conversation is on its way. */
  get client(): ClientDialect {
    const { client } = this.inbound
    if (!client) throw new Error("a call without a conversation has no client format")
    return client
  }

  get api(): ApiName {
    const { inbound } = this
    return inbound.client ? inbound.client.api : inbound.api
  }

  /** Absent: a conversation. */
  get ability(): AbilityName | undefined {
    const { inbound } = this
    return inbound.client ? undefined : inbound.ability
  }

  get labels(): Readonly<Record<string, unknown>> | undefined {
    const { labels } = this.fields
    return this.findings.length > 0 ? { ...labels, findings: this.findings } : labels
  }

  get call(): CallInfo {
    const { requestId, principal, signal } = this.inbound
    return { requestId, model: this.model, keyId: principal.keyId, signal }
  }

  /** A place in the request, as encoders know it, in the client's own words. */
  placeOf(path: string): string {
    return clientPath(path, this.request?.messages ?? [], this.inbound.client?.lossPaths ?? {})
  }

  #inClientWords(loss: Loss): Loss {
    const path = this.placeOf(loss.path)
    return path === loss.path ? loss : { ...loss, path }
  }

  /** Adds a loss once. */
  readonly lose = (given: Loss): void => {
    const loss = this.#inClientWords(given)
    if (!this.losses.some((known) => known.path === loss.path && known.action === loss.action)) this.losses.push(loss)
  }
}
