import type { ChatRequest, Content, Message } from "../../contract/index.ts"
import { measureRequest } from "../../ledger/estimate.ts"
import { holdAgain } from "../admit/again.ts"
import type { Try } from "../attempt/try.ts"
import type { Exchange } from "../exchange.ts"
import { whenAborted } from "../lanes/commit.ts"
import { screenFound } from "../screen.ts"
import type { LiveWire } from "../services.ts"
import { carry } from "./carry.ts"
import { inTurn } from "./in-turn.ts"
import { RequestFiles } from "./request-files.ts"

/** Files of a request that are fetched or read at once. */
const atOnce = 4
/** All fetched files of a request, in largest files. */
const mostFiles = 4

/**
 * The request as this upstream's format can carry it: files behind addresses fetched, and those that it cannot read turned to text. Counts
 * and holds anew for what became longer. The time it takes is the files', not the upstream's.
 */
export async function withMedia(current: Try, live: LiveWire, request: ChatRequest): Promise<ChatRequest> {
  const { exchange, offer, measured } = current
  if (!request.messages.some(({ content }) => content.some(({ type }) => type === "media"))) return request
  current.expectWithin(0)
  const carried = await Promise.race([carriedMessages(current, live, request), whenAborted(current)])
  if (carried === undefined) throw current.reason
  const { timeouts } = offer.live
  current.expectWithin(exchange.fields.stream ? timeouts.connectMs : timeouts.firstPartMs)
  const changed = { ...request, messages: carried.messages }
  if (!carried.converted) return changed
  const { estimateInput } = exchange.services
  const before = estimateInput(measured, offer.key)
  current.measured = { inbound: exchange.inbound, size: measureRequest(changed) }
  if (estimateInput(current.measured, offer.key) > before) await holdAgain(current)
  return changed
}

interface Carried {
  readonly messages: readonly Message[]
  readonly converted: boolean
}

async function carriedMessages(current: Try, live: LiveWire, request: ChatRequest): Promise<Carried> {
  const { exchange, offer } = current
  const places = request.messages.flatMap(({ content }, message) =>
    content.flatMap((part, index) => (part.type === "media" ? [{ part, message, index }] : [])),
  )
  const context = {
    dialect: live.wire.dialect,
    profile: live.profile,
    upstream: offer.live.name,
    pdfReading: request.pdfReading,
    files: filesOf(exchange, request),
    lose: current.lose,
    screen: (text: string) => screenFound(exchange, text, true),
  }
  const parts = await inTurn(places, atOnce, ({ part, message, index }) =>
    carry(part, `messages[${message}].content[${index}]`, context),
  )
  const replaced = new Map<Content, Content>(places.map(({ part }, at) => [part, parts[at]!.content]))
  const messages = request.messages.map((message) =>
    message.content.some((part) => replaced.has(part))
      ? ({ ...message, content: message.content.map((part) => replaced.get(part) ?? part) } as Message)
      : message,
  )
  return { messages, converted: parts.some(({ converted }) => converted) }
}

function filesOf(exchange: Exchange, request: ChatRequest): RequestFiles {
  const { services, snapshot, inbound } = exchange
  exchange.files ??= new RequestFiles({
    fetchFile: services.fetchFile,
    readPdf: services.readPdf,
    signal: inbound.signal,
    mostBytes: snapshot.config.egress.bytes * mostFiles,
    known: exchange.client.fileNotes?.read(request) ?? [],
  })
  return exchange.files
}
