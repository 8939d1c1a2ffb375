import { Elysia } from "elysia"
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
import type { KnownRoute } from "./no-route.ts"
import { openrouterActivity } from "./openrouter/activity.ts"
import { openrouterAnalytics } from "./openrouter/analytics/routes.ts"
import { openrouterByok } from "./openrouter/byok/routes.ts"
import { openrouterCredits } from "./openrouter/credits.ts"
import { generation } from "./openrouter/generation.ts"
import { generationContent } from "./openrouter/generation-content.ts"
import { openrouterGuardrails } from "./openrouter/guardrails/routes.ts"
import { openrouterKeys } from "./openrouter/keys/routes.ts"
import { openrouterMembers } from "./openrouter/members.ts"
import { openrouterPresets } from "./openrouter/presets.ts"
import { openrouterProviders } from "./openrouter/providers.ts"
import { openrouterSignIn } from "./openrouter/sign-in/routes.ts"
import { openrouterWorkspaceBudgets } from "./openrouter/workspaces/budgets.ts"
import { openrouterWorkspaces } from "./openrouter/workspaces/routes.ts"
import { requestyManagement } from "./requesty/requesty.ts"
import { routeError } from "./route-error.ts"
import type { HttpServices } from "./services.ts"

export interface Management {
  readonly fetch: (request: Request) => Response | Promise<Response>
  readonly routes: readonly KnownRoute[]
}

/** All that is no inference, like a table of contents. `served`: the routes that were looked through before these. */
export function createManagement(services: HttpServices, served: readonly KnownRoute[]): Management {
  const app = new Elysia({ name: "management", normalize: false, handler: { standardHostname: false } })
    .onError((failure) => routeError(services, failure, [...served, ...app.routes]))
    .use(requestyManagement(services))
    .use(openrouterProviders(services))
    .use(openrouterGuardrails(services))
    .use(openrouterByok(services))
    .use(generation(services))
    .use(generationContent(services))
    .use(openrouterActivity(services))
    .use(openrouterAnalytics(services))
    .use(openrouterPresets(services))
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
  return app
}
