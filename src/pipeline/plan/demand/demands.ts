import { type AbilityName, isObject, type Json } from "../../../contract/index.ts"
import type { Exchange } from "../../exchange.ts"
import { bodyMember, parseBody } from "../../request.ts"
import type { LiveOffer } from "../../services.ts"
import type { Demand } from "./demand.ts"
import { mediaInBody, mediaInText, type Need } from "./needs.ts"
import { parametersOfBody, parametersOfRequest } from "./parameters.ts"

const mediaNeeds: readonly Need[] = ["vision", "pdf", "audio", "video"]
const noMedia: ReadonlySet<Need> = new Set()

/** What a request demands, read from whatever form of it is there: decoded, parsed, or its text. Nothing is decoded for it. */
export class RequestDemand implements Demand {
  readonly #exchange: Exchange
  #parameters: readonly string[] | undefined
  #media: ReadonlySet<Need> | undefined
  #certain = false
  #modalities: Json | undefined | null = null

  constructor(exchange: Exchange) {
    this.#exchange = exchange
  }

  get ability(): AbilityName | undefined {
    return this.#exchange.ability
  }

  get maxOutputTokens(): number | undefined {
    return this.#exchange.asked.maxOutputTokens
  }

  get parameters(): readonly string[] {
    this.#parameters ??= this.#readParameters()
    return this.#parameters
  }

  has(need: Need): boolean {
    switch (need) {
      case "tools":
      case "reasoning":
        return this.parameters.includes(need)
      case "structured_output":
        return this.parameters.includes("structured_outputs")
      case "image_output":
      case "audio_output":
        return this.#writes(need === "image_output" ? "image" : "audio")
      default:
        this.#media ??= this.#findMedia()
        return this.#media.has(need)
    }
  }

  isCertain(need: Need): boolean {
    if (!this.has(need)) return false
    if (!this.#certain && mediaNeeds.includes(need)) {
      this.#certain = true
      this.#media = this.#lookAtMedia()
    }
    return this.has(need)
  }

  inputTokens(offer: Pick<LiveOffer, "key">): number {
    return this.#exchange.services.estimateInput(this.#exchange, offer.key)
  }

  #readParameters(): readonly string[] {
    const { ability, request, parsed, fields } = this.#exchange
    if (ability !== undefined) return []
    if (request) return parametersOfRequest(request)
    const keys = isObject(parsed) ? Object.keys(parsed) : (fields.span?.members.map(({ key }) => key) ?? [])
    return parametersOfBody(keys, (key) => bodyMember(this.#exchange, key))
  }

  #findMedia(): ReadonlySet<Need> {
    const { ability, request, parsed, inbound } = this.#exchange
    // What the body of a call holds is what it is about.
    if (ability !== undefined) return noMedia
    if (request || parsed !== undefined) return this.#lookAtMedia()
    return mediaInText(inbound.body, inbound.client?.api === "gemini")
  }

  #lookAtMedia(): ReadonlySet<Need> {
    const { ability, request, inbound } = this.#exchange
    this.#certain = true
    if (ability !== undefined) return noMedia
    if (!request) {
      this.#exchange.parsed ??= parseBody(inbound.body)
      return mediaInBody(this.#exchange.parsed)
    }
    const found = new Set<Need>()
    for (const { content } of request.messages)
      for (const part of content)
        if (part.type === "media")
          found.add(part.kind === "image" ? "vision" : part.kind === "file" ? "pdf" : part.kind)
    return found
  }

  /** Whether the answer is to hold pictures or sound beside its text. */
  #writes(kind: "image" | "audio"): boolean {
    const { ability, request } = this.#exchange
    if (ability !== undefined) return false
    if (request) return request.modalities?.includes(kind) ?? false
    if (this.#modalities === null) {
      const named = bodyMember(this.#exchange, "modalities")
      this.#modalities = named ?? modalitiesIn(bodyMember(this.#exchange, "generationConfig"))
    }
    return namesModality(this.#modalities, kind)
  }
}

const modalitiesIn = (config: Json | undefined): Json | undefined =>
  isObject(config) ? (config.responseModalities ?? config.response_modalities) : undefined

const namesModality = (value: Json | undefined, kind: string): boolean =>
  Array.isArray(value) && value.some((word) => typeof word === "string" && word.toLowerCase() === kind)
