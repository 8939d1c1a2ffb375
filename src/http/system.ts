import { Elysia } from "elysia"
import { requestyFace } from "../dialects/faces/index.ts"
import { metricsContentType } from "../telemetry/metrics.ts"
import { answer } from "./answer.ts"
import { authenticate } from "./auth.ts"
import { isFromHere } from "./from-here.ts"
import { authorized } from "./rights/authorize.ts"
import type { HttpServices } from "./services.ts"

/** `/health` for load balancers and people, `/metrics` for Prometheus. */
export const system = (services: HttpServices) =>
  new Elysia({ name: "system" })
    .get("/health", () => healthAnswer(services), {
      detail: { summary: "Liveness, readiness, degraded parts", tags: ["System"] },
    })
    .get("/health/live", () => Response.json({ live: true }), {
      detail: { summary: "The process answers", tags: ["System"] },
    })
    .get("/health/ready", () => healthAnswer(services), { detail: { summary: "Requests are taken", tags: ["System"] } })
    .get("/metrics", ({ request }) => metrics(services, request), {
      detail: { summary: "Prometheus metrics", tags: ["System"] },
    })
    // Claude Code asks HEAD /api/hello before anything else, without credentials; any answer will do.
    .get("/api/hello", () => new Response("signalbox"))
    .head("/api/hello", () => new Response(null))

function healthAnswer(services: HttpServices): Response {
  const { ready, stopping, degraded } = services.health()
  const status = ready ? (degraded.length > 0 ? "degraded" : "ok") : stopping ? "stopping" : "starting"
  // A degraded gateway still serves: taking it out of rotation would make things worse.
  return Response.json(
    { status, live: true, ready, degraded, version: services.version },
    { status: ready ? 200 : 503 },
  )
}

/** Spend and model names are nobody's business: for who is not on this machine a management key is needed. */
function metrics(services: HttpServices, request: Request): Promise<Response> {
  return answer(services, requestyFace, () => {
    if (!(services.openMetrics && isFromHere(request)))
      authorized(services, request, authenticate(services.keys, request, "any"), "system:read")
    return new Response(services.metricsText(), {
      headers: { "content-type": metricsContentType },
    })
  })
}
