import type { AbilityName } from "../../../contract/index.ts"
import type { LiveOffer } from "../../services.ts"
import type { Need } from "../demand/needs.ts"
import { supports, takes } from "../demand/supports.ts"
import type { Filter } from "./question.ts"

const purposes: Readonly<Record<AbilityName, string>> = {
  embeddings: "make embeddings",
  rerank: "rerank",
  images: "make images",
  speech: "speak",
  transcription: "transcribe",
  countTokens: "count tokens",
}

/** Whether this model is there for what is asked: a conversation, or one of the abilities. */
export const ability: Filter = (offer, { demand }) => {
  if (isAble(offer, demand.ability)) return undefined
  const purpose = demand.ability === undefined ? "hold a conversation" : purposes[demand.ability]
  return { constraint: "ability", detail: `cannot ${purpose}` }
}

function isAble(offer: LiveOffer, wanted: AbilityName | undefined): boolean {
  const { provider } = offer.live
  if (!isMeantFor(offer.kind, wanted)) return false
  if (wanted === undefined) return offer.wires.length > 0 || provider.chat !== undefined
  const found = provider.abilities?.[wanted]
  return found !== undefined && found.serves?.(offer.upstream) !== false
}

/**
 * A model that is declared to be for one thing is for nothing else. What converses may have other gifts, and what makes images may
 * converse about them; there the provider knows.
 */
function isMeantFor(kind: LiveOffer["kind"], wanted: AbilityName | undefined): boolean {
  if (kind === undefined || kind === "chat" || wanted === "countTokens") return true
  return wanted === undefined ? kind === "images" : kind === wanted
}

/** What nothing can stand in for. A PDF is none of these: the gateway reads it for models that cannot. */
const wordsFor: readonly (readonly [Need, string])[] = [
  ["vision", "takes no images"],
  ["audio", "takes no sound"],
  ["video", "takes no video"],
  ["image_output", "makes no images"],
  ["audio_output", "does not speak"],
]

export const capability: Filter = (offer, { demand }) => {
  // What knows neither its modalities nor such a trait has no objection, and nobody need look into the request.
  if (!offer.input && !offer.output && !offer.traits) return undefined
  for (const [need, detail] of wordsFor)
    if (demand.has(need) && takes(offer, need) === false && demand.isCertain(need))
      return { constraint: "capability", detail }
  return undefined
}

export const parameters: Filter = (offer, { wanted, demand }) => {
  if (!wanted.requireParameters) return undefined
  const missing = demand.parameters.filter((parameter) => supports(offer, parameter) === false)
  return missing.length === 0 ? undefined : { constraint: "parameters", detail: `does not take ${missing.join(", ")}` }
}

/** The estimate counts more characters than there are, and tokenizers differ: what may just fit is let through, the upstream knows. */
const certainty = 0.75

/** What a conversation of this estimated size can surely not be given to. Calls hold many inputs, each with the room for itself. */
export const context: Filter = (offer, { demand }) => {
  if (demand.ability !== undefined) return undefined
  const room = roomFor(offer)
  if (room === undefined) return undefined
  const tokens = demand.inputTokens(offer)
  return tokens * certainty <= room
    ? undefined
    : { constraint: "context_length", detail: `takes ${room} tokens of input, this is about ${tokens}` }
}

/** Tokens of input that it takes at most, as far as known. */
export const roomFor = ({ context: window, maxInput }: LiveOffer): number | undefined =>
  maxInput === undefined ? window : window === undefined ? maxInput : Math.min(window, maxInput)

/** After the day on which its vendor takes it away, whoever says so. */
export const isGone = ({ shutdown: day }: LiveOffer, today: string): boolean => day !== undefined && today > day

/** Vendors put such days off: only the operator's own word is believed without asking the upstream. */
export const shutdown: Filter = (offer, question) => {
  if (offer.shutdown === undefined || !isGone(offer, question.today)) return undefined
  const said = offer.sources?.shutdown ?? "config"
  return said === "config" || said === "plugin"
    ? { constraint: "shutdown", detail: `was shut down on ${offer.shutdown}` }
    : undefined
}
