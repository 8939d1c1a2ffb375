import {
  chatCompletions,
  isChatOnly,
  isResponsesOnly,
  openAiProfile,
  openAiResponsesProfile,
  responses,
  wantsResponses,
} from "signalbox/dialects"
import type { Endpoint, EndpointCall, WireChat, WireFailure } from "signalbox/plugin"

/** Where the routes are and what every request carries. */
export interface Place {
  url(path: string): string
  readonly headers: Readonly<Record<string, string>>
  classify(failure: WireFailure): ReturnType<NonNullable<WireChat["classify"]>>
}

/** Addresses and headers never change, so that an attempt costs one look at `stream`. */
const shared = ({ url, headers, classify }: Place, path: string): Pick<WireChat, "endpoint" | "classify"> => {
  const address = url(path)
  const whole: Endpoint = { url: address, headers: { accept: "application/json", ...headers } }
  const stream: Endpoint = { url: address, headers: { accept: "text/event-stream", ...headers } }
  return { endpoint: (call: EndpointCall) => (call.stream ? stream : whole), classify }
}

/** A client's own format goes first, so that preferring the other one means to serve nothing by this that the other one has. */
export const chatWire = (place: Place, preferResponses: boolean): WireChat => ({
  dialect: chatCompletions,
  serves: (model) => (preferResponses ? isChatOnly(model) : !isResponsesOnly(model)),
  declines: (request, model) => wantsResponses(request, openAiProfile(model)),
  profile: openAiProfile,
  ...shared(place, "chat/completions"),
})

export const responsesWire = (place: Place): WireChat => ({
  dialect: responses,
  serves: (model) => !isChatOnly(model),
  profile: openAiResponsesProfile,
  ...shared(place, "responses"),
})
