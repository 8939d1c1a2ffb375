import { Elysia } from "elysia"
import type { PluginState } from "../../host/host-types.ts"
import { managed } from "../managed.ts"
import type { HttpServices } from "../services.ts"
import { timeText } from "../shown.ts"

/** `/admin`: what the operator's own tools ask. Management keys only. */
export const adminRoutes = (services: HttpServices) =>
  new Elysia({ name: "admin" })
    .get("/admin/state", ({ request }) => managed(services, request, "GET /admin/state", () => services.state()), {
      detail: { summary: "Configuration, providers, store, health", tags: ["Admin"] },
    })
    .get(
      "/admin/plugins",
      ({ request }) =>
        managed(services, request, "GET /admin/plugins", () => ({ data: services.plugins().map(pluginRow) })),
      { detail: { summary: "Plugins: version, state, last error, calls, failures", tags: ["Admin"] } },
    )
    .post(
      "/admin/reload",
      ({ request }) =>
        managed(services, request, "POST /admin/reload", async ({ actor }) => {
          const result = await services.reload("POST /admin/reload")
          const after = { ok: result.ok, problems: [...result.problems] }
          await services.audit.note(
            { action: "reload", kind: "configuration", id: "configuration", before: null, after },
            actor,
          )
          return Response.json(result, { status: result.ok ? 200 : 422 })
        }),
      { parse: "none", detail: { summary: "Read the configuration again", tags: ["Admin"] } },
    )

/** Field names as in the rest of the admin API. Times are ISO 8601, durations milliseconds. */
const pluginRow = ({ switchedOff, lastError, timeMs, inFlight, ...row }: PluginState) => ({
  ...row,
  switched_off: switchedOff,
  last_error: lastError ? { ...lastError, at: timeText(lastError.at) } : null,
  time_ms: Math.round(timeMs),
  in_flight: inFlight,
})
