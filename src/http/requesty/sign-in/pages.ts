import { Elysia } from "elysia"
import type { HttpServices } from "../../services.ts"
import { messagePage } from "../../sign-in/consent.ts"
import { told } from "../reply.ts"
import { addressOf } from "./address.ts"

/** `/api-keys` and `/settings`: what editors open where they say "get a key". */
export const editorPages = (services: HttpServices) => {
  const page = (request: Request) =>
    messagePage(
      200,
      "API keys",
      "Keys of this gateway are made by whoever runs it: with `signalbox keys create NAME` on its machine, or with a management key through the API, as below. How editors and agents are pointed here is told at /docs/agents.",
      `curl ${addressOf(services, request)}/v1/manage/apikey -H "Authorization: Bearer $MANAGEMENT_KEY" -d '{"name": "my editor", "monthly_limit": "20"}'`,
    )
  return new Elysia({ name: "requesty pages" })
    .get("/api-keys", ({ request }) => page(request), told("How a key is made, for people"))
    .get("/settings", ({ request }) => page(request), told("The same, where editors look for settings"))
}
