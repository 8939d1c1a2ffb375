import { asGatewayError, type ChatRequest, type ErrorContext, GatewayError } from "../../../contract/index.ts"
import type { KeptResponse } from "../../../conversations/kept-response.ts"
import type { KeptResponses } from "../../../conversations/kept-responses.ts"
import { encodeUnanswered } from "../../../dialects/responses/client/unanswered.ts"
import type { Deadline, Deadlines } from "../../../pipeline/attempt/deadlines.ts"
import { errorContext, identityOf, streamError } from "../../../pipeline/deliver/identity.ts"
import type { Exchange, Inbound } from "../../../pipeline/exchange.ts"
import { parseBody } from "../../../pipeline/request.ts"
import { type Run, run } from "../../../pipeline/run.ts"
import type { Services } from "../../../pipeline/services.ts"
import { EventLog } from "./event-log.ts"

/** Answers of one key under way at the same time. Nobody waits for them, so nothing else bounds them but the budget. */
const mostPerKey = 32
/** How long a process that makes answers may be silent before others take them for lost, and how often it speaks. */
const aliveMs = 120_000
const beatMs = 30_000
/** How long the events of an answer can be read again after its end; as long as at OpenAI. */
const readableMs = 300_000

/** What the route knows of the turn. */
export interface JobTurn {
  readonly input: string
  readonly previousId?: string
}

/** An answer that is made while nobody waits for it. */
export class Job {
  readonly exchange: Exchange
  /** There where it was asked for as a stream. */
  readonly events: EventLog | undefined
  readonly #request: ChatRequest
  readonly #turn: JobTurn
  readonly #controller: AbortController
  running = true
  cancelled = false
  /** Nobody will ask for it. */
  deleted = false
  /** Resolves when the answer, or its failure, can be found. */
  over: Promise<void> = Promise.resolve()

  constructor(exchange: Exchange, request: ChatRequest, turn: JobTurn, controller: AbortController) {
    this.exchange = exchange
    this.#request = request
    this.#turn = turn
    this.#controller = controller
    this.events = exchange.fields.stream ? new EventLog() : undefined
  }

  get id(): string {
    return this.exchange.id
  }

  get keyId(): string {
    return this.exchange.inbound.principal.keyId
  }

  /** Stops the upstream; `over` follows. */
  cancel(): void {
    if (!this.running) return
    this.cancelled = true
    this.#controller.abort()
  }

  /** The response without an answer. */
  unanswered(status: "queued" | "in_progress" | "cancelled"): string {
    return JSON.stringify(encodeUnanswered(identityOf(this.exchange), this.#request, { status }))
  }

  failed(error: GatewayError): string {
    const { face } = this.exchange.inbound
    const context: ErrorContext = errorContext(this.exchange)
    return JSON.stringify(encodeUnanswered(identityOf(this.exchange), this.#request, { error, face, context }))
  }

  /** As it is stored. */
  kept(response: string, aliveUntil?: number): KeptResponse {
    const { input, previousId } = this.#turn
    return {
      id: this.id,
      keyId: this.keyId,
      createdAt: Math.round(this.exchange.inbound.startedAt),
      input,
      response,
      ...(previousId === undefined ? {} : { previousId }),
      ...(aliveUntil === undefined ? {} : { aliveUntil }),
    }
  }
}

/** One turn of the event loop: what fails without waiting for anything has failed by then. */
const turn = () => new Promise<void>((resolve) => setImmediate(resolve))

const cancelledError = () => new GatewayError("client_closed", "The response was cancelled.")

export class BackgroundJobs {
  readonly #kept: KeptResponses
  readonly #deadlines: Deadlines
  readonly #now: () => number
  readonly #jobs = new Map<string, Job>()
  readonly #forgetting = new Set<Deadline>()
  #beat: Deadline | undefined
  #closed = false

  constructor(kept: KeptResponses, { deadlines, now }: Pick<Services, "deadlines" | "now">) {
    this.#kept = kept
    this.#deadlines = deadlines
    this.#now = now
  }

  /**
   * Begins an answer that outlives the request. Throws what is wrong with the request itself, and what refuses it at once; any later failure
   * is the answer's. `began` gets the exchange as soon as there is one.
   */
  async start(
    services: Services,
    inbound: Inbound,
    turnOf: JobTurn,
    began: (exchange: Exchange) => void,
  ): Promise<{ readonly job: Job; readonly first: string }> {
    this.#refuseTooMany(inbound.principal.keyId)
    const request = inbound.client.decodeRequest(parseBody(inbound.body))
    const controller = new AbortController()
    let answer: string | undefined
    const started = run(services, {
      ...inbound,
      // The client's request is over long before this one.
      headers: new Headers(inbound.headers),
      signal: controller.signal,
      keep: (_id, reply) => {
        answer = reply
      },
    })
    began(started.exchange)
    await Promise.race([started.delivery, turn()])
    const job = new Job(started.exchange, request, turnOf, controller)
    this.#jobs.set(job.id, job)
    const first = job.unanswered("queued")
    const written = this.#kept.keep(job.kept(job.unanswered("in_progress"), this.#now() + aliveMs))
    job.over = this.#follow(job, started, () => answer)
    this.#beatOn()
    if (written) await written
    return { job, first }
  }

  /** Under way, or with events that can still be read. */
  find(id: string, keyId: string): Job | undefined {
    const job = this.#jobs.get(id)
    return job?.keyId === keyId ? job : undefined
  }

  get running(): number {
    return this.#running().length
  }

  /** Resolves when none is under way. */
  async idle(): Promise<void> {
    await Promise.all(this.#running().map(({ over }) => over))
  }

  /** Lets go of what is only there for later. */
  close(): void {
    this.#closed = true
    this.#beat?.stop()
    for (const deadline of this.#forgetting) deadline.stop()
    this.#jobs.clear()
  }

  #running(): Job[] {
    return [...this.#jobs.values()].filter(({ running }) => running)
  }

  #refuseTooMany(keyId: string): void {
    if (this.#running().filter((job) => job.keyId === keyId).length < mostPerKey) return
    const words = `This key has ${mostPerKey} answers under way in the background. Wait for one, or cancel it.`
    throw new GatewayError("too_many_running", words, { param: "background" })
  }

  async #follow(job: Job, { delivery, exchange }: Run, answer: () => string | undefined): Promise<void> {
    let error: GatewayError | undefined
    let whole: string | undefined
    try {
      const delivered = await delivery
      if (delivered.kind === "whole") whole = delivered.text
      else
        for (let chunk = await delivered.pull(); chunk; chunk = await delivered.pull())
          if (!job.cancelled) job.events?.push(chunk)
    } catch (thrown) {
      error = asGatewayError(thrown)
      if (!job.cancelled) job.events?.push(streamError(exchange, error))
    }
    const complete = whole ?? answer()
    if (job.cancelled && complete === undefined) job.events?.push(streamError(exchange, cancelledError()))
    await this.#end(job, complete ?? this.#without(job, error ?? exchange.error))
  }

  #without(job: Job, error: GatewayError | undefined): string {
    if (job.cancelled) return job.unanswered("cancelled")
    return job.failed(error ?? new GatewayError("stream_interrupted", "The answer broke off."))
  }

  async #end(job: Job, response: string): Promise<void> {
    const written = job.deleted ? undefined : this.#kept.keep(job.kept(response))
    job.running = false
    job.events?.end()
    if (job.events && !this.#closed) this.#forgetLater(job)
    else this.#jobs.delete(job.id)
    if (written) await written
  }

  #forgetLater(job: Job): void {
    const deadline = this.#deadlines.watch(readableMs, () => {
      this.#forgetting.delete(deadline)
      this.#jobs.delete(job.id)
    })
    this.#forgetting.add(deadline)
  }

  /** Says of the running ones that they are, as long as there are any. */
  #beatOn(): void {
    this.#beat ??= this.#deadlines.watch(beatMs, (why) => {
      this.#beat = undefined
      const ids = this.#running().map(({ id }) => id)
      if (why || ids.length === 0) return
      // A store that takes no writes tells of itself; the next beat may get through.
      this.#kept.renew(ids, this.#now() + aliveMs).catch(() => {})
      this.#beatOn()
    })
  }
}
