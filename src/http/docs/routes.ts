import { Elysia } from "elysia"
import { availabilityPage } from "../../pipeline/plan/told/availability.ts"
import type { HttpServices } from "../services.ts"
import { errorsPage } from "./errors-page.ts"
import { agentsPage } from "./page.ts"

/** Pages for people. They need no key, since they show none. */
export const docs = (services: HttpServices) =>
  new Elysia({ name: "docs" })
    .get("/docs/agents", ({ request }) => page(agents(services, request)), {
      detail: { summary: "How coding agents are pointed at this gateway", tags: ["System"] },
    })
    .get(availabilityPage, () => page(errorsPage()), {
      detail: { summary: "What it means when no provider answers", tags: ["System"] },
    })

/** Not by `URL`: it throws for a host that the runtime lets pass. */
const originOf = (url: string): string => url.slice(0, url.indexOf("/", "https://".length))

function agents(services: HttpServices, request: Request): string {
  const { config, defaultModel } = services.pipeline.snapshot()
  // Without a configured address the one that the reader came by is the one that works for them.
  const url = config.server.publicUrl ?? originOf(request.url)
  // Names of models are for key holders where the list of them is.
  const shownModel = services.publicModels() ? defaultModel : "author/model"
  return agentsPage({ url, model: undefined, defaultModel: shownModel, key: undefined })
}

const page = (html: string): Response =>
  new Response(html, {
    headers: {
      "content-type": "text/html; charset=utf-8",
      "cache-control": "no-store",
      // A page is text and one style sheet: nothing is fetched, run or framed.
      "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
      "x-content-type-options": "nosniff",
    },
  })
