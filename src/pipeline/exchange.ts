import type { RegionDoor } from "../config/config.ts"
import {
  type AbilityName,
  type ApiName,
  type AttemptRecord,
  addUsage,
  type CacheQuery,
  type CallInfo,
  type ChatRequest,
  type ClientDialect,
  type Face,
  type GatewayError,
  type Json,
  type JsonObject,
  type Loss,
  type RequestAddress,
  type Usage,
  type WebSearchTool,
} from "../contract/index.ts"
import { clientPath } from "../dialects/translate/index.ts"
import type { RequestSize } from "../ledger/estimate.ts"
import type { Piece } from "./admit/pieces.ts"
import { addLoss } from "./attempt/add-loss.ts"
import type { OutputCap, Running } from "./attempt/running.ts"
import { withOwnCredentials } from "./credentials/with-request.ts"
import type { RequestFields } from "./fields.ts"
import { withHeaderTags } from "./header-tags.ts"
import type { RequestFiles } from "./media/request-files.ts"
import type { Inquiry } from "./plan/inquiry.ts"
import type { Wishes } from "./plan/targets/wish.ts"
import { readShown, type Shown } from "./plan/told/shown.ts"
import type { Plan } from "./plan/types.ts"
import type { AppliedPreset } from "./presets/types.ts"
import type { Caching, Recalled, SharedCall } from "./recall/types.ts"
import type { Found } from "./search/found.ts"
import type { Hold, LiveOffer, Payer, Principal, RateTicket, Services, Snapshot, Standing } from "./services.ts"
import type { Conversation } from "./sticky/memory.ts"
import { usualModel } from "./usual-model.ts"

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
  /** The region of the listener or host name that it came by. */
  readonly door?: RegionDoor
  /** The address that the client called, for links in what it is told. */
  readonly url?: string
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
  /** Of one that the API made, and not a plugin's. */
  readonly guardrailId?: string
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
  /** What governs its key, as it was when the request began. */
  readonly standing: Standing
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
  /** Of the attempt that answered, or of the latest one that failed. */
  losses: Loss[] = []
  /** What every attempt of this request loses, whatever the upstream. */
  readonly ownLosses: Loss[] = []

  /** Something of the client's text was masked: it is kept nowhere as the client wrote it. */
  isMasked = false
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
  /** The preset that was laid under it. */
  preset: AppliedPreset | undefined
  /** What the names that lead to an offer ask of the request itself; absent where none does. */
  wishes: Wishes | undefined
  /** Both are looked for once; null: nothing tells. */
  session: string | null | undefined
  conversation: Conversation | null | undefined
  /** Its conversation is kept at its upstream. */
  isSticky = false
  /** What of the plan the client wants to see; undefined: nothing. */
  readonly shown: Shown | undefined
  /** The same request as planning asks about it. */
  inquiry: Inquiry | undefined
  /** Which offers are tried, and why. */
  plan: Plan | undefined
  /** What it counts as in rates; absent where nothing counts it. */
  ticket: RateTicket | undefined
  hold: Hold | undefined
  /** What of the hold one attempt may cost. */
  shareNano = 0
  /** The budget does not pay for two attempts at once. */
  paysOnce = false
  /** What pays for it: its key with all its limits, or, where those leave too little, only with those that count what is brought. */
  payer: Payer
  /** Only credentials that were brought may be used. */
  paysBrought = false
  /** Offers of the plan that a limit on money leaves out. */
  unpriced: ReadonlySet<LiveOffer> | undefined
  /** Output limit that the budget imposes; undefined = the client's own. */
  cap: OutputCap | undefined
  /** What of the answer the hold pays for, where that is not all of it. */
  piece: Piece | undefined

  /** Aborted when nobody need wait for this request's next attempt any more. */
  waits: AbortSignal
  /** Attempts that have not ended. */
  readonly underWay = new Set<Running>()
  /** An answer that breaks off is gone on with. */
  recovers = false
  /** The attempt that began to answer: the client was told its model. */
  announced: Running | undefined
  /** The attempt whose parts the client gets; another one than `announced` where that broke off and was gone on with. */
  answering: Running | undefined
  /** What answers cost that broke off, or came second in a race. */
  otherNano = 0
  /** Some of that is the operator's money. */
  #otherIsOwn = false
  /** What the parts of the answer used that broke off and were gone on with. */
  earlierUsage: Usage | undefined
  /** Measured once, for estimates. */
  size: RequestSize | undefined
  firstPartAt: number | undefined
  /** The shortest wait that an upstream asked for which failed. */
  shortestWaitMs: number | undefined
  cancelled = false
  error: GatewayError | undefined
  settled = false
  /** What guardrails found and only reported or masked; kept with the record. */
  readonly findings: FindingRecord[] = []
  /** What it wants of memory; undefined: nothing. */
  caching: Caching | undefined
  /** What to store the answer under. */
  cacheQuery: CacheQuery | undefined
  /** The answer that was given in place of a call. */
  recalled: Recalled | undefined
  /** The call that it makes for others as well. */
  flight: SharedCall | undefined
  release: () => void

  constructor(
    inbound: Inbound | CallInbound,
    services: Services,
    snapshot: Snapshot,
    fields: RequestFields,
    standing = services.standings.of(inbound.principal),
  ) {
    this.inbound = inbound
    this.waits = inbound.signal
    this.services = services
    this.snapshot = snapshot
    this.payer = standing
    this.standing = withOwnCredentials(standing, inbound.headers, snapshot)
    this.fields = fields
    const token = services.newToken()
    this.id = inbound.client ? inbound.client.newId(inbound.face, token, inbound.startedAt) : callId(inbound.api, token)
    this.requestedModel = fields.model ?? usualModel(standing, snapshot)
    this.model = this.requestedModel
    this.asked = {
      maxOutputTokens: fields.maxOutputTokens,
      choices: fields.choices,
      transformed: false,
    }
    this.strict = inbound.principal.strict || inbound.headers.get("x-signalbox-strict") === "true"
    this.shown = readShown(inbound.headers)
    // Only a decoded request can be given a search that its format does not have, only an answer that is written anew what a client asks to see.
    this.contentIsRead = fields.search !== undefined || this.shown !== undefined
    this.release = snapshot.roster.acquire()
  }

  /** Whether upstreams are asked for a stream: a whole answer that is paid for piece by piece is watched as it is made. */
  get isStreamedUp(): boolean {
    return this.fields.stream || this.piece !== undefined
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
    const { face, headers } = this.inbound
    const labels = face.name === "requesty" ? withHeaderTags(this.fields.labels, headers) : this.fields.labels
    return this.findings.length > 0 ? { ...labels, findings: this.findings } : labels
  }

  get call(): CallInfo {
    const { requestId, principal, signal } = this.inbound
    return { requestId, model: this.model, keyId: principal.keyId, signal }
  }

  /** The offer that the client was told of. */
  get offer(): LiveOffer | undefined {
    return this.announced?.offer
  }

  /** Of the answer as the client gets it. */
  get usage(): Usage | undefined {
    const { earlierUsage, answering } = this
    if (!earlierUsage) return answering?.usage
    return answering?.usage ? addUsage(earlierUsage, answering.usage) : earlierUsage
  }

  /** What an attempt cost whose answer is not, or not all of, what the client gets. */
  addOther({ costNano, start }: Running): void {
    this.otherNano += costNano
    if (costNano > 0 && !start.brought) this.#otherIsOwn = true
  }

  /** All that is paid for this request is paid by whoever brought the credential of this attempt, or others like it. */
  isBroughtWith({ start }: Running): boolean {
    return start.brought !== undefined && !this.#otherIsOwn
  }

  /** An answer that broke off is followed by another one: it is paid for as well. */
  passOver(other: Running): void {
    const { usage } = other
    this.addOther(other)
    if (usage) this.earlierUsage = this.earlierUsage ? addUsage(this.earlierUsage, usage) : usage
  }

  /** All that is paid for this request. */
  get costNano(): number {
    return this.otherNano + (this.answering?.costNano ?? 0)
  }

  /** A place in the request, as encoders know it, in the client's own words. */
  placeOf(path: string): string {
    return clientPath(path, this.request?.messages ?? [], this.inbound.client?.lossPaths ?? {})
  }

  inClientWords(loss: Loss): Loss {
    const path = this.placeOf(loss.path)
    return path === loss.path ? loss : { ...loss, path }
  }

  /** An upstream's word on when to come again. */
  noteWait({ retryAfterMs }: GatewayError): void {
    if (retryAfterMs !== undefined) this.shortestWaitMs = Math.min(this.shortestWaitMs ?? retryAfterMs, retryAfterMs)
  }

  /** Adds a loss once. */
  readonly lose = (given: Loss): void => addLoss(this.losses, this.inClientWords(given))
}
