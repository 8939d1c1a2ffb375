import {
  type ChatPart,
  type DecodeSource,
  GatewayError,
  isObject,
  type Json,
  type JsonObject,
  type StreamDecoder,
  type WireEvent,
} from "../../../contract/index.ts"
import { openAiFormat } from "../names.ts"
import { responsesToolNames } from "../request/encode.ts"
import { decodeUsage } from "../usage.ts"
import type { AnswerState, ItemReader } from "./blocks.ts"
import { inlineError, isErrorBody } from "./errors.ts"
import { readItem, typeOfEvent } from "./item.ts"
import { decodeEnding } from "./status.ts"

interface KnownItem {
  readonly type: string
  readonly id: string | undefined
  readonly outputIndex: number | undefined
  readonly reader: ItemReader
  /** As it is known so far; complete once it is closed. */
  item: JsonObject
  closed: boolean
}

const filled = (value: Json | undefined): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined

const numberOf = (value: Json | undefined): number | undefined => (typeof value === "number" ? value : undefined)

const unreadable = () =>
  new GatewayError("bad_provider_response", "The upstream's stream holds an event that is not JSON")

/** Reads the events of one answer. A whole reply is fed through the same machine, so that both ways give the same parts. */
export class ResponsesDecoder implements StreamDecoder {
  readonly #source: DecodeSource
  readonly #state: AnswerState
  readonly #items: KnownItem[] = []
  #started = false
  #over = false
  #broken = false

  constructor(source: DecodeSource) {
    this.#source = source
    const { profile, request, newId } = source
    this.#state = {
      parts: [],
      newId,
      toClient: responsesToolNames(request).toClient,
      format: profile.reasoningOrigins?.[0] ?? openAiFormat,
      blocks: 0,
      textLength: 0,
      called: false,
      refused: false,
    }
  }

  push({ event, data }: WireEvent): readonly ChatPart[] {
    const text = data.trim()
    if (this.#over || text === "" || text === "[DONE]") return []
    let parsed: Json
    try {
      parsed = JSON.parse(text) as Json
    } catch {
      // The torn last event of a cut stream looks the same: which of both it is shows when something follows.
      if (this.#broken) return this.#fail(unreadable())
      this.#broken = true
      return []
    }
    if (this.#broken) return this.#fail(unreadable())
    if (isObject(parsed)) return this.#read(filled(parsed.type) ?? event ?? "", parsed)
    return isErrorBody(parsed) ? this.#fail(inlineError(parsed)) : []
  }

  end(): readonly ChatPart[] {
    if (this.#over) return []
    return this.#fail(
      new GatewayError("stream_interrupted", "The upstream's stream ended before its answer was complete"),
    )
  }

  /** A whole reply. */
  reply(response: JsonObject): readonly ChatPart[] {
    this.#start(response)
    return this.#finish(response)
  }

  #read(type: string, event: JsonObject): readonly ChatPart[] {
    const response = isObject(event.response) ? event.response : undefined
    switch (type) {
      case "response.created":
      case "response.queued":
      case "response.in_progress":
        this.#start(response ?? {})
        break
      case "response.output_item.added":
        this.#start({})
        if (isObject(event.item)) this.#add(event.item, numberOf(event.output_index))
        break
      case "response.output_item.done":
        this.#start({})
        if (isObject(event.item)) this.#done(event.item, numberOf(event.output_index))
        break
      case "response.completed":
      case "response.incomplete":
      case "response.done":
        this.#start(response ?? {})
        return this.#finish({ status: type === "response.incomplete" ? "incomplete" : "completed", ...response })
      case "response.failed":
        return this.#fail(inlineError({ error: response?.error ?? event.error ?? {} }), response)
      case "error":
        return this.#fail(inlineError(event))
      default:
        // Proxies write errors without a type.
        if (!type.startsWith("response.") && isErrorBody(event)) return this.#fail(inlineError(event))
        this.#deliver(type, event)
    }
    return this.#take()
  }

  #take(): readonly ChatPart[] {
    return this.#state.parts.splice(0)
  }

  #start(response: JsonObject): void {
    if (this.#started) return
    this.#started = true
    const [id, model, serviceTier] = [filled(response.id), filled(response.model), filled(response.service_tier)]
    this.#state.parts.push({
      type: "start",
      ...(id === undefined ? {} : { id }),
      ...(model === undefined ? {} : { model }),
      ...(serviceTier === undefined ? {} : { serviceTier }),
    })
  }

  #add(item: JsonObject, outputIndex: number | undefined): KnownItem {
    const known: KnownItem = {
      type: String(item.type),
      id: filled(item.id),
      outputIndex,
      item,
      reader: readItem(item, this.#state),
      closed: false,
    }
    this.#items.push(known)
    return known
  }

  /**
   * The item that an event speaks of. Some upstreams number nothing, some number everything 0, and some give an item another id in every
   * event; so first the id counts, then the number, then what is open.
   */
  #find(type: string, id: string | undefined, outputIndex: number | undefined): KnownItem | undefined {
    const fitting = this.#items.filter((item) => item.type === type)
    const open = fitting.filter((item) => !item.closed)
    return (
      (id === undefined ? undefined : fitting.find((item) => item.id === id)) ??
      (outputIndex === undefined ? undefined : open.findLast((item) => item.outputIndex === outputIndex)) ??
      (outputIndex === undefined && id === undefined ? open.at(-1) : undefined)
    )
  }

  /** Events inside of an item; what belongs to no known kind of item is a mere report of progress. */
  #deliver(type: string, event: JsonObject): void {
    const itemType = typeOfEvent(type)
    if (itemType === undefined) return
    this.#start({})
    const [id, outputIndex] = [filled(event.item_id), numberOf(event.output_index)]
    const item =
      this.#find(itemType, id, outputIndex) ??
      this.#add({ type: itemType, ...(id === undefined ? {} : { id }) }, outputIndex)
    if (!item.closed) item.reader.event(type, event)
  }

  #done(item: JsonObject, outputIndex: number | undefined): void {
    const known = this.#find(String(item.type), filled(item.id), outputIndex) ?? this.#add(item, outputIndex)
    if (known.closed) return
    this.#close(known, item)
  }

  #close(known: KnownItem, item: JsonObject): void {
    known.closed = true
    known.item = item
    known.reader.done(item)
  }

  #finish(response: JsonObject): readonly ChatPart[] {
    const output = Array.isArray(response.output) ? response.output.filter(isObject) : []
    const before = this.#items.length
    output.forEach((item, position) => {
      const type = String(item.type)
      const fitting = this.#items.slice(0, before).filter((known) => known.type === type)
      const same =
        (filled(item.id) === undefined ? undefined : fitting.find((known) => known.id === item.id)) ??
        fitting.find((known) => known.outputIndex === position) ??
        fitting.find((known) => known === this.#items[position])
      const known = same ?? this.#add(item, position)
      if (known.closed) known.reader.late?.(item)
      else this.#close(known, item)
    })
    for (const known of this.#items) if (!known.closed) this.#close(known, known.item)
    const ending = decodeEnding(response, this.#state)
    if (GatewayError.is(ending)) return this.#fail(ending, response)
    this.#over = true
    this.#usage(response)
    this.#state.parts.push({ type: "finish", ...ending })
    return this.#take()
  }

  #usage(response: JsonObject | undefined): void {
    if (!isObject(response?.usage)) return
    const output = this.#items.map(({ item }) => item)
    const usage = decodeUsage(response.usage, output, this.#source.profile.usageQuirk)
    this.#state.parts.push({ type: "usage", usage })
  }

  #fail(error: GatewayError, response?: JsonObject): readonly ChatPart[] {
    this.#over = true
    this.#usage(response)
    this.#state.parts.push({ type: "error", error })
    return this.#take()
  }
}

/** A whole reply as the same parts that its stream would have given. */
export const decodeReply = (body: Json, source: DecodeSource): readonly ChatPart[] => {
  if (isErrorBody(body)) throw inlineError(body)
  if (!isObject(body) || (!Array.isArray(body.output) && body.status === undefined))
    throw new GatewayError("bad_provider_response", "The upstream's answer is no response: it holds no output")
  return new ResponsesDecoder(source).reply(body)
}
