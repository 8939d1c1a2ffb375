import { Elysia } from "elysia"
import type { HttpServices } from "../services.ts"
import { agentsPage } from "./page.ts"

/** Pages for people. They need no key, since they show none. */
export const docs = (services: HttpServices) =>
  new Elysia({ name: "docs" }).get("/docs/agents", ({ request }) => answerPage(services, request), {
    detail: { summary: "How coding agents are pointed at this gateway", tags: ["System"] },
  })

/** Not by `URL`: it throws for a host that the runtime lets pass. */
const originOf = (url: string): string => url.slice(0, url.indexOf("/", "https://".length))

function answerPage(services: HttpServices, request: Request): Response {
  const { config, defaultModel } = services.pipeline.snapshot()
  // Without a configured address the one that the reader came by is the one that works for them.
  const url = config.server.publicUrl ?? originOf(request.url)
  // Names of models are for key holders where the list of them is.
  const shownModel = services.publicModels() ? defaultModel : "author/model"
  return new Response(agentsPage({ url, model: undefined, defaultModel: shownModel, key: undefined }), {
    headers: {
      "content-type": "text/html; charset=utf-8",
      "cache-control": "no-store",
      // The page is text and one style sheet: nothing is fetched, run or framed.
      "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
      "x-content-type-options": "nosniff",
    },
  })
}
