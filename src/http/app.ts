import { Elysia } from "elysia"
import { openrouterFace, requestyFace } from "../dialects/faces/index.ts"
import { gemini } from "./inference/gemini.ts"
import { inference } from "./inference/inference.ts"
import { madeImages } from "./made-images.ts"
import type { Management } from "./management.ts"
import { openrouterImages } from "./openrouter/images.ts"
import { currentKey } from "./openrouter/keys/own-key.ts"
import { openrouterModels } from "./openrouter/models.ts"
import { requestyModels } from "./requesty/models.ts"
import { routeError } from "./route-error.ts"
import type { HttpServices } from "./services.ts"
import { system } from "./system.ts"

/** What inference asks for, like a table of contents. Everything else is of `management.ts`. */
export function createInference(services: HttpServices) {
  // Elysia must neither drop unknown fields nor parse what we forward, and must find the path behind a short host name as well.
  const app = new Elysia({ name: "signalbox", normalize: false, handler: { standardHostname: false } })
    .onError((failure) => routeError(services, failure, app.routes))
    .use(inference(services, { face: requestyFace, prefix: "/v1" }))
    .use(inference(services, { face: openrouterFace, prefix: "/api/v1" }))
    .use(gemini(services))
    .use(madeImages(services))
    .use(requestyModels(services))
    .use(openrouterModels(services))
    .use(openrouterImages(services))
    .use(currentKey(services))
    .use(system(services))
  return app
}

/**
 * The whole surface. Management is loaded with the first request for what is not inference: it is most of the code and of the routes, some
 * megabytes, and a gateway may serve for days without it.
 */
export function createApp(services: HttpServices) {
  const app = createInference(services)
  const served = [...app.routes]
  const load = async () => (await import("./management.ts")).createManagement(services, served)
  let management: Promise<Management> | undefined
  const elsewhere = async (request: Request) => {
    management ??= load()
    return (await management).fetch(request)
  }
  return app.all("/*", ({ request }) => elsewhere(request), { parse: "none" })
}
