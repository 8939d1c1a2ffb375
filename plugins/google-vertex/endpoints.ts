import { GatewayError, type ProviderSettings } from "signalbox/plugin"
import { originOf } from "./location.ts"
import { readModel, segment, type VertexModel } from "./models.ts"
import type { VertexSettings } from "./settings.ts"

/** Addresses of one entry. `base_url` stands in for `https://host`; the paths below it stay Google's. */
export interface Addresses {
  /** `verb` is what follows the colon: `generateContent`, `predict` … */
  google(model: VertexModel, verb: string): string
  claude(model: string, verb: string): string
  /** The OpenAI-shaped surface. */
  open(model: VertexModel): string
}

/** Only these are served nowhere but at the global host (cloud.google.com, xAI models). */
const globalOnly = /^xai\//

export const addressesOf = (settings: ProviderSettings, { access, project, location }: VertexSettings): Addresses => {
  const express = access.type === "express" && project === undefined
  const origin = (settings.baseUrl ?? originOf(express ? "global" : location)).replace(/\/+$/, "")
  const place = `projects/${segment(project ?? "")}/locations/${location}`
  return {
    google({ name, endpoint }, verb) {
      if (express) return `${origin}/v1/publishers/google/models/${segment(name)}:${verb}`
      const path =
        endpoint === undefined ? `publishers/google/models/${segment(name)}` : `endpoints/${segment(endpoint)}`
      return `${origin}/v1beta1/${place}/${path}:${verb}`
    },
    claude: (model, verb) =>
      `${origin}/v1/${place}/publishers/anthropic/models/${segment(readModel(model).name)}:${verb}`,
    open({ name }) {
      // Sent elsewhere on its own, a request could leave the region that this entry stands for.
      if (globalOnly.test(name) && location !== "global")
        throw new GatewayError(
          "upstream_model_not_found",
          `${name} is served at location global only, and provider ${settings.id} is at ${location}`,
          { provider: settings.id },
        )
      return `${origin}/v1/${place}/endpoints/openapi/chat/completions`
    },
  }
}
