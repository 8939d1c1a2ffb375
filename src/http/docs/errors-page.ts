import type { Availability } from "../../contract/index.ts"
import { escapeHtml, htmlPage, prose } from "./html.ts"

interface Meaning {
  readonly means: string
  readonly do: string
}

/** What each `error.availability.code` means, and what helps. */
const meanings: Readonly<Record<Availability["code"], Meaning>> = {
  model_not_found: {
    means: "No provider offers a model of that name, and no alias, policy or preset has it.",
    do: "Look for the name in `GET /api/v1/models`; the message names the nearest ones.",
  },
  wrong_endpoint: {
    means: "The model exists, but it is there for something else: it embeds, reranks, makes images, speaks or listens.",
    do: "Call the route of that ability, or ask for a model that holds conversations.",
  },
  no_endpoints: {
    means: "Providers have the model, but none of them can do what this request needs.",
    do: "The message says what is missing. Leave that out, or ask for a model that can.",
  },
  model_deprecated: {
    means: "The model was taken away by its vendor.",
    do: "Ask for its successor, which the message names where one is known.",
  },
  model_unavailable_upstream: {
    means: "Every provider that was asked said that it does not have the model.",
    do: "Ask for another model. The operator can see in the generation which upstream names were tried.",
  },
  capacity_exhausted: {
    means: "Every upstream that was tried limits its rate, or has all its places taken.",
    do: "Try again after `retry_after` seconds, or name fallbacks in `models`.",
  },
  temporarily_unavailable: {
    means: "Every upstream that was tried is down, overloaded or too slow.",
    do: "Try again, after `retry_after` seconds where that is given, or name fallbacks in `models`.",
  },
  region_restricted: {
    means: "This address stays in one region, and the model is not known to run there.",
    do: "Ask for another model, or use the gateway's address without a region.",
  },
  privacy_restricted: {
    means: "`zdr` or `data_collection` leaves no provider: none of them is known to promise as much.",
    do: "Ask for another model. The operator can mark providers that promise it with `zdr: true` or `data_collection: deny`.",
  },
  constraint_filtered: {
    means: "A limit of the request, its key, a preset or the configuration leaves no provider.",
    do: "`constraint.field` and the message say which limit; `excluded_by` lists all of them. Loosen it, or ask for another model.",
  },
  free_variant_ended: {
    means: "A name with `:free` asks for a provider that costs nothing, and the model has none.",
    do: "Leave `:free` out, or ask `openrouter/free` for any model that costs nothing.",
  },
}

const section = ([code, { means, do: advice }]: [string, Meaning]): string =>
  `<h2 id="${code}">${escapeHtml(code)}</h2><p>${prose(means)}</p><p>${prose(advice)}</p>`

/** The page that `docs_url` of an error leads to. */
export const errorsPage = (): string =>
  htmlPage(
    "Why no provider answers",
    `<p>${prose(
      "An error that no provider could answer has `error.availability` beside its message: `code`, whether it is `retryable`, the models that were asked for, the providers that were left out or failed, and what excluded them. The whole plan of a request is in `GET /api/v1/generation?id=…`, under `route`.",
    )}</p>\n${Object.entries(meanings).map(section).join("\n")}`,
  )
