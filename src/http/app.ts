import { Elysia } from "elysia"
import { GatewayError } from "../contract/index.ts"
import { openrouterFace, requestyFace } from "../dialects/faces/index.ts"
import { adminKeys } from "./admin/keys.ts"
import { adminRoutes } from "./admin/routes.ts"
import { errorResponse } from "./errors.ts"
import { chatCompletions } from "./inference/chat-completions.ts"
import { generation } from "./openrouter/generation.ts"
import { currentKey } from "./openrouter/key.ts"
import { openrouterModels } from "./openrouter/models.ts"
import { authCheck } from "./requesty/auth-check.ts"
import { requestyModels } from "./requesty/models.ts"
import type { HttpServices } from "./services.ts"
import { system } from "./system.ts"

/** The whole surface, like a table of contents. */
export function createApp(services: HttpServices) {
  return (
    // Elysia must neither drop unknown fields nor parse what we forward.
    new Elysia({ name: "signalbox", normalize: false })
      .onError(({ error, code, request }) => {
        const face = new URL(request.url).pathname.startsWith("/api/v1") ? openrouterFace : requestyFace
        return errorResponse(code === "NOT_FOUND" ? noRoute(request) : error, face, services.newRequestId())
      })
      .use(chatCompletions(services, { face: requestyFace, prefix: "/v1" }))
      .use(chatCompletions(services, { face: openrouterFace, prefix: "/api/v1" }))
      .use(requestyModels(services))
      .use(authCheck(services))
      .use(openrouterModels(services))
      .use(generation(services))
      .use(currentKey(services))
      .use(adminRoutes(services))
      .use(adminKeys(services))
      .use(system(services))
  )
}

function noRoute(request: Request): GatewayError {
  const { pathname } = new URL(request.url)
  return new GatewayError("not_found", `There is no ${request.method} ${pathname.slice(0, 200)} here.`)
}
