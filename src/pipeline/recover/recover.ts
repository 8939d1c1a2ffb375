import { isOfMoney } from "../../accounts/limits/told.ts"
import { type ChatPart, GatewayError, outputTokens } from "../../contract/index.ts"
import { type Answer, type PartsAnswer, partsOf } from "../answer.ts"
import { attempt } from "../attempt/attempt.ts"
import { endAttempt } from "../attempt/end.ts"
import { observe } from "../attempt/observe.ts"
import type { Try } from "../attempt/try.ts"
import { asFailure, interrupted } from "../attempt/upstream.ts"
import type { Exchange } from "../exchange.ts"
import type { PlannedAttempt } from "../plan/types.ts"
import { type Attempt, relay } from "../relay/relay.ts"
import { offerTakesPrefill, refusesBegun } from "./go-on.ts"
import { Splice } from "./splice.ts"
import { Transcript } from "./transcript.ts"

/** So often one answer is gone on with even where only upstreams are left that broke it already. */
const leastContinuations = 2

/** As long as an upstream is left that has not failed this answer, there is one that may finish it. */
const isEnough = (round: number, planned: readonly PlannedAttempt[], broken: ReadonlySet<string>): boolean =>
  round >= leastContinuations && planned.every(({ offer }) => broken.has(offer.key))

/**
 * Whether an answer that breaks off is gone on with (`stream_recovery: continue`). Its content must be read for that, which closes the native
 * lane. Several choices at once cannot be gone on with.
 */
export function prepareRecovery(exchange: Exchange): void {
  const { plan, fields } = exchange
  if (!fields.stream || plan?.streamRecovery !== "continue" || exchange.asked.choices > 1) return
  exchange.recovers = true
  exchange.contentIsRead = true
}

/**
 * What is done about answers that break off after they had begun. Of a whole answer the client has nothing yet, so the next attempt simply
 * runs. A stream ends with an error, or is gone on with by another upstream where that is wanted.
 */
export function recover(
  exchange: Exchange,
  planned: readonly PlannedAttempt[],
  answer: Answer,
): Answer | Promise<Answer> {
  if (answer.kind !== "parts") return answer
  if (exchange.recovers) return { ...answer, first: [], parts: continued(exchange, planned, answer) }
  const isComplete = exchange.fields.stream || answer.first.some(({ type }) => type === "finish")
  return isComplete ? observe(answer) : wholeAnswer(exchange, planned, answer)
}

/** Reads an answer to its end before anything of it is used. */
async function wholeAnswer(
  exchange: Exchange,
  planned: readonly PlannedAttempt[],
  first: PartsAnswer,
): Promise<Answer> {
  const broken = new Set<string>()
  let answer: Answer = first
  for (let round = 0; answer.kind === "parts"; round++) {
    const { current }: PartsAnswer = answer
    try {
      const parts: readonly ChatPart[] = await collected(answer)
      return { ...answer, first: [], parts: read(parts) }
    } catch (thrown) {
      const error = asFailure(thrown, current)
      broken.add(current.offer.key)
      if (isEnough(round, planned, broken) || error.retry === "no") throw error
      leave(current, error)
      answer = await again(exchange, candidates(planned, broken, false), error)
    }
  }
  return answer
}

/** What a budget does not pay for a second time is told as the failure that it was. */
async function again(exchange: Exchange, line: readonly PlannedAttempt[], before: GatewayError): Promise<Answer> {
  try {
    return await relay(exchange, line, attempt)
  } catch (thrown) {
    throw GatewayError.is(thrown) && isOfMoney(thrown) ? before : thrown
  }
}

async function collected(answer: PartsAnswer): Promise<readonly ChatPart[]> {
  const parts: ChatPart[] = []
  for await (const part of partsOf(observe(answer) as PartsAnswer)) {
    if (part.type === "error") throw part.error
    parts.push(part)
  }
  return parts
}

async function* read(parts: readonly ChatPart[]): AsyncGenerator<ChatPart> {
  yield* parts
}

async function* continued(
  exchange: Exchange,
  planned: readonly PlannedAttempt[],
  first: PartsAnswer,
): AsyncGenerator<ChatPart> {
  const transcript = new Transcript(exchange.request?.reasoning?.exclude !== true)
  const broken = new Set<string>()
  let answer = first
  let splice: Splice | undefined
  for (let round = 0; ; round++) {
    const { current } = answer
    const error = yield* passed(exchange, answer, transcript, splice)
    if (!error) return
    if (error.code === "client_closed") throw error
    broken.add(current.offer.key)
    const canGoOn = transcript.isBlank || transcript.isContinuable
    if (isEnough(round, planned, broken) || error.retry === "no" || !canGoOn) return yield failed(error)
    leave(current, error)
    const spentTokens = exchange.usage ? outputTokens(exchange.usage) : 0
    if (transcript.isContinuable && spentTokens >= (exchange.asked.maxOutputTokens ?? Number.POSITIVE_INFINITY))
      return yield { type: "finish", reason: "length", raw: null }
    const line = candidates(planned, broken, !transcript.isBlank)
    const next = await goneOnWith(exchange, line, broken, transcript, spentTokens)
    if (!next) return yield failed(error)
    tell(exchange, current, next.current, error, transcript.isBlank)
    answer = next
    splice = new Splice(transcript, transcript.isBlank, next.current.mayRepeat)
    for (const part of splice.begin()) {
      transcript.note(part)
      yield part
    }
  }
}

const failed = (error: GatewayError): ChatPart => ({ type: "error", error: interrupted(error) })

/**
 * The parts of one upstream, up to its end or its failure, which is returned. From the first call of a tool on they are held back until the
 * answer is complete: a client does nothing with half a turn of calls, and calls that it has not seen can be made anew.
 */
async function* passed(
  exchange: Exchange,
  answer: PartsAnswer,
  transcript: Transcript,
  splice: Splice | undefined,
): AsyncGenerator<ChatPart, GatewayError | undefined> {
  const held: ChatPart[] = []
  let isFinished = false
  try {
    for await (const part of partsOf(observe(answer) as PartsAnswer)) {
      if (part.type === "error") return part.error
      if (part.type === "usage") {
        yield { type: "usage", usage: exchange.usage ?? part.usage }
        continue
      }
      for (const own of splice ? splice.push(part) : [part]) {
        if (own.type !== "finish" && (held.length > 0 || own.type === "tool-call-start")) {
          held.push(own)
          continue
        }
        isFinished ||= own.type === "finish"
        for (const ready of isFinished ? [...held.splice(0), own] : [own]) {
          transcript.note(ready)
          yield ready
        }
      }
    }
  } catch (thrown) {
    return asFailure(thrown, answer.current)
  }
  if (isFinished) return undefined
  return new GatewayError("stream_interrupted", "The upstream's answer ended before it was complete.")
}

/** An attempt that is not the whole answer any more: what it used is reckoned and told by itself. */
function leave(current: Try, error: GatewayError): void {
  current.isShare = true
  current.abort(error)
  endAttempt(current, interrupted(error))
}

/** Who may go on, best first: what takes a begun answer before what must be asked in words; last, what broke off already. */
function candidates(
  planned: readonly PlannedAttempt[],
  broken: ReadonlySet<string>,
  isBegun: boolean,
): readonly PlannedAttempt[] {
  const rank = ({ offer }: PlannedAttempt) => (broken.has(offer.key) ? 2 : isBegun && !offerTakesPrefill(offer) ? 1 : 0)
  return planned.map(({ offer }) => ({ offer, retries: 0 })).sort((one, other) => rank(one) - rank(other))
}

/**
 * Undefined: nobody could. Of models that nothing is known of only the upstream can say whether it takes a begun answer: one that refuses it
 * says nothing about the others of its model, and is asked in words when they are through. What broke off already comes last.
 */
async function goneOnWith(
  exchange: Exchange,
  line: readonly PlannedAttempt[],
  broken: ReadonlySet<string>,
  { text, isBlank }: Transcript,
  spentTokens: number,
): Promise<PartsAnswer | undefined> {
  const begun = isBlank ? undefined : { text: text.trimEnd(), spentTokens }
  const refusers = new Set<string>()
  const next: Attempt<Answer> = async (same, start) => {
    try {
      return await attempt(same, { ...start, role: "continuation", ...(begun ? { continues: begun } : {}) })
    } catch (thrown) {
      if (!begun || !GatewayError.is(thrown) || !refusesBegun(thrown, start.offer)) throw thrown
      refusers.add(start.offer.key)
      throw new GatewayError(thrown.code, thrown.message, { retry: "next" })
    }
  }
  const inWords: Attempt<Answer> = (same, start) =>
    attempt(same, { ...start, role: "continuation", ...(begun ? { continues: { ...begun, inWords: true } } : {}) })
  for (const wasBroken of [false, true]) {
    const some = line.filter(({ offer }) => broken.has(offer.key) === wasBroken)
    const answer =
      (await answered(exchange, some, next)) ??
      (await answered(
        exchange,
        some.filter(({ offer }) => refusers.has(offer.key)),
        inWords,
      ))
    if (answer) return answer
  }
  return undefined
}

async function answered(
  exchange: Exchange,
  line: readonly PlannedAttempt[],
  how: Attempt<Answer>,
): Promise<PartsAnswer | undefined> {
  if (line.length === 0) return undefined
  try {
    const answer = await relay(exchange, line, how)
    return answer.kind === "parts" ? answer : undefined
  } catch (thrown) {
    if (!GatewayError.is(thrown) || thrown.code === "client_closed") throw thrown
    return undefined
  }
}

function tell(exchange: Exchange, from: Try, to: Try, error: GatewayError, isBlank: boolean): void {
  const how = to.continuedBy === "words" ? ", asked in words" : ""
  const told = isBlank ? "answered instead" : `went on with it${how}`
  exchange.plan?.notes.push(`the answer of ${from.offer.key} broke off (${error.code}); ${to.offer.key} ${told}`)
  if (isBlank) return
  const reason = `${from.offer.live.name}'s answer broke off, and ${to.offer.live.name} ${told}`
  exchange.lose({ path: "reply", action: "approximated", code: "answer_continued", reason })
}
