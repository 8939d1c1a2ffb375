import { Elysia } from "elysia"
import type { LiveProvider } from "../../catalog/provider.ts"
import type { ConfiguredProvider } from "../../config/config.ts"
import { openrouterFace } from "../../dialects/faces/index.ts"
import { answer } from "../answer.ts"
import { viewerOf } from "../lists/listed.ts"
import type { HttpServices } from "../services.ts"

/** `GET /api/v1/providers`: what the operator says of the configured upstreams. */
export const openrouterProviders = (services: HttpServices) =>
  new Elysia({ name: "openrouter providers" }).get(
    "/api/v1/providers",
    ({ request }) =>
      answer(services, openrouterFace, () => {
        viewerOf(services, request)
        const { catalog, config } = services.pipeline.snapshot()
        const about = new Map(config.providers.map((provider) => [provider.id, provider.about]))
        return { data: [...catalog.providers.values()].map((live) => providerRow(live, about.get(live.id))) }
      }),
    { detail: { summary: "Providers that are configured", tags: ["OpenRouter"] } },
  )

const providerRow = (
  { id, name, region }: LiveProvider,
  about: ConfiguredProvider["about"] = {},
): Record<string, unknown> => ({
  name,
  slug: id,
  privacy_policy_url: about.privacyPolicyUrl ?? null,
  terms_of_service_url: about.termsOfServiceUrl ?? null,
  status_page_url: about.statusPageUrl ?? null,
  headquarters: about.headquarters?.toUpperCase() ?? null,
  datacenters: about.datacenters?.map((country) => country.toUpperCase()) ?? null,
  region: region ?? null,
})
