import { Elysia } from "elysia"
import { requestyFace } from "../../dialects/faces/index.ts"
import type { PluginState } from "../../host/host-types.ts"
import { answer } from "../answer.ts"
import { authenticate } from "../auth.ts"
import type { HttpServices } from "../services.ts"

/** `/admin`: what the operator's own tools ask. Management keys only. */
export const adminRoutes = (services: HttpServices) => {
  const managed = (request: Request, work: () => unknown | Promise<unknown>) =>
    answer(services, requestyFace, () => {
      authenticate(services.keys, request, "management")
      return work()
    })
  return new Elysia({ name: "admin" })
    .get("/admin/state", ({ request }) => managed(request, () => services.state()), {
      detail: { summary: "Configuration, providers, store, health", tags: ["Admin"] },
    })
    .get("/admin/plugins", ({ request }) => managed(request, () => ({ data: services.plugins().map(pluginRow) })), {
      detail: { summary: "Plugins: version, state, last error, calls, failures", tags: ["Admin"] },
    })
    .post(
      "/admin/reload",
      ({ request }) =>
        managed(request, async () => {
          const result = await services.reload("POST /admin/reload")
          return Response.json(result, { status: result.ok ? 200 : 422 })
        }),
      { parse: "none", detail: { summary: "Read the configuration again", tags: ["Admin"] } },
    )
}

/** Field names as in the rest of the admin API. Times are ISO 8601, durations milliseconds. */
const pluginRow = ({ switchedOff, lastError, timeMs, inFlight, ...row }: PluginState) => ({
  ...row,
  switched_off: switchedOff,
  last_error: lastError ? { ...lastError, at: new Date(lastError.at).toISOString() } : null,
  time_ms: Math.round(timeMs),
  in_flight: inFlight,
})
