import { Elysia } from "elysia"
import type { ClientDialect } from "../contract/index.ts"
import { openrouterFace, requestyFace } from "../dialects/faces/index.ts"
import { geminiClient } from "../dialects/gemini/client/index.ts"
import { messagesClient } from "../dialects/messages/index.ts"
import { adminAlerts } from "./admin/alerts/alerts.ts"
import { adminAlertDestinations } from "./admin/alerts/destinations.ts"
import { adminAudit } from "./admin/audit.ts"
import { adminCache } from "./admin/cache.ts"
import { adminCatalog } from "./admin/catalog.ts"
import { adminDeclarations } from "./admin/declarations.ts"
import { adminKeys } from "./admin/keys/keys.ts"
import { adminLog } from "./admin/log.ts"
import { adminModels } from "./admin/models/models.ts"
import { adminCredits } from "./admin/organisation/credits.ts"
import { adminGroups } from "./admin/organisation/groups.ts"
import { adminMembers } from "./admin/organisation/members.ts"
import { adminOrganisation } from "./admin/organisation/organisation.ts"
import { adminProjects } from "./admin/organisation/projects.ts"
import { adminServiceAccounts } from "./admin/organisation/service-accounts.ts"
import { adminRoutes } from "./admin/routes.ts"
import { adminUsage } from "./admin/usage.ts"
import { docs } from "./docs/routes.ts"
import { errorResponse } from "./errors.ts"
import { pathOf } from "./front.ts"
import { gemini } from "./inference/gemini.ts"
import { inference } from "./inference/inference.ts"
import { madeImages } from "./made-images.ts"
import { noRoute } from "./no-route.ts"
import { openrouterActivity } from "./openrouter/activity.ts"
import { openrouterAnalytics } from "./openrouter/analytics/routes.ts"
import { openrouterByok } from "./openrouter/byok/routes.ts"
import { openrouterCredits } from "./openrouter/credits.ts"
import { generation } from "./openrouter/generation.ts"
import { generationContent } from "./openrouter/generation-content.ts"
import { openrouterGuardrails } from "./openrouter/guardrails/routes.ts"
import { openrouterImages } from "./openrouter/images.ts"
import { currentKey } from "./openrouter/keys/own-key.ts"
import { openrouterKeys } from "./openrouter/keys/routes.ts"
import { openrouterMembers } from "./openrouter/members.ts"
import { openrouterModels } from "./openrouter/models.ts"
import { openrouterPresets } from "./openrouter/presets.ts"
import { openrouterProviders } from "./openrouter/providers.ts"
import { openrouterSignIn } from "./openrouter/sign-in/routes.ts"
import { openrouterWorkspaceBudgets } from "./openrouter/workspaces/budgets.ts"
import { openrouterWorkspaces } from "./openrouter/workspaces/routes.ts"
import { requestyModels } from "./requesty/models.ts"
import { requestyManagement } from "./requesty/requesty.ts"
import type { HttpServices } from "./services.ts"
import { system } from "./system.ts"

/** Where an address belongs to an API with error bodies of its own, whoever asks there reads those. */
const formatAt = (path: string): ClientDialect | undefined => {
  if (/^\/(?:api\/)?v1\/messages(?:\/|$)/.test(path)) return messagesClient
  return /^\/v1(?:beta)?\/models\/.*:/.test(path) ? geminiClient : undefined
}

/** The whole surface, like a table of contents. */
export function createApp(services: HttpServices) {
  // Elysia must neither drop unknown fields nor parse what we forward, and must find the path behind a short host name as well.
  const app = new Elysia({ name: "signalbox", normalize: false, handler: { standardHostname: false } })
    .onError(({ error, code, request }) => {
      const path = pathOf(request.url)
      const face = path.startsWith("/api/v1") ? openrouterFace : requestyFace
      const client = formatAt(path)
      if (code !== "NOT_FOUND") return errorResponse(error, face, { requestId: services.newRequestId() }, client)
      const missing = noRoute(request, app.routes)
      const response = errorResponse(missing.error, face, { requestId: services.newRequestId() }, client)
      if (missing.allow !== undefined) response.headers.set("allow", missing.allow)
      return response
    })
    .use(inference(services, { face: requestyFace, prefix: "/v1" }))
    .use(inference(services, { face: openrouterFace, prefix: "/api/v1" }))
    .use(gemini(services))
    .use(madeImages(services))
    .use(requestyModels(services))
    .use(requestyManagement(services))
    .use(openrouterModels(services))
    .use(openrouterProviders(services))
    .use(openrouterImages(services))
    .use(openrouterGuardrails(services))
    .use(openrouterByok(services))
    .use(generation(services))
    .use(generationContent(services))
    .use(openrouterActivity(services))
    .use(openrouterAnalytics(services))
    .use(openrouterPresets(services))
    .use(currentKey(services))
    .use(openrouterKeys(services))
    .use(openrouterMembers(services))
    .use(openrouterSignIn(services))
    .use(adminRoutes(services))
    .use(adminKeys(services))
    .use(adminOrganisation(services))
    .use(adminMembers(services))
    .use(adminGroups(services))
    .use(adminServiceAccounts(services))
    .use(adminProjects(services))
    .use(adminAudit(services))
    .use(openrouterCredits(services))
    .use(openrouterWorkspaces(services))
    .use(openrouterWorkspaceBudgets(services))
    .use(adminCredits(services))
    .use(adminAlerts(services))
    .use(adminAlertDestinations(services))
    .use(adminLog(services))
    .use(adminCache(services))
    .use(adminDeclarations(services))
    .use(adminModels(services))
    .use(adminUsage(services))
    .use(adminCatalog(services))
    .use(docs(services))
    .use(system(services))
  return app
}
