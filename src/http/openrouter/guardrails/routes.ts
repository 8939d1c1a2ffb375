import { Elysia } from "elysia"
import {
  addGuardrail,
  changeGuardrail,
  guardrailFor,
  guardrailsFor,
  removeGuardrail,
} from "../../../accounts/directory/guardrails.ts"
import { canonicalNames } from "../../canonical-names.ts"
import { documented } from "../../documented.ts"
import { QueryReader } from "../../fields/query.ts"
import { managed } from "../../managed.ts"
import type { HttpServices } from "../../services.ts"
import { pageOf } from "../page.ts"
import { projectIdOf } from "../workspaces/id.ts"
import { assignmentRoutes } from "./assignments.ts"
import { guardrailChange, newGuardrail } from "./body.ts"
import { guardrailRow } from "./rows.ts"

const detail = documented("OpenRouter")

/** `/api/v1/guardrails`: what keys and members may do, and to whom it is assigned. */
export const openrouterGuardrails = (services: HttpServices) => {
  const { directory } = services
  const path = "/api/v1/guardrails"
  const detectors = () => services.pipeline.snapshot().roster.detectors
  const shown = (id: string) => ({ data: guardrailRow(guardrailFor(directory, id), detectors()) })
  const rules = () => ({ detectors: detectors() })
  return new Elysia({ name: "openrouter guardrails" })
    .get(
      path,
      ({ request }) =>
        managed(services, request, "GET /api/v1/guardrails", ({ query }) => {
          const workspace = new QueryReader(query).text("workspace_id")
          const found = guardrailsFor(directory, workspace === undefined ? undefined : projectIdOf(workspace))
          return pageOf(query, found, (guardrail) => guardrailRow(guardrail, detectors()))
        }),
      detail("Guardrails, a page at a time; those that hold for whole workspaces come first"),
    )
    .post(
      path,
      ({ request }) =>
        managed(
          services,
          request,
          "POST /api/v1/guardrails",
          async ({ actor, body }) => {
            const asked = newGuardrail(body, await canonicalNames(services))
            const { id } = await directory.change(actor, () => addGuardrail(directory, asked, rules(), services))
            return shown(id)
          },
          201,
        ),
      detail("Make a guardrail; it holds for those that it is assigned to"),
    )
    .use(assignmentRoutes(services))
    .get(
      `${path}/:id`,
      ({ request, params }) => managed(services, request, "GET /api/v1/guardrails/:id", () => shown(params.id)),
      detail("A guardrail"),
    )
    .patch(
      `${path}/:id`,
      ({ request, params }) =>
        managed(services, request, "PATCH /api/v1/guardrails/:id", async ({ actor, body }) => {
          guardrailFor(directory, params.id)
          const change = guardrailChange(body, await canonicalNames(services))
          await directory.change(actor, () => changeGuardrail(directory, params.id, change, rules()))
          return shown(params.id)
        }),
      detail("Change a guardrail: what is absent stays, lists are replaced, null takes a restriction away"),
    )
    .delete(
      `${path}/:id`,
      ({ request, params }) =>
        managed(services, request, "DELETE /api/v1/guardrails/:id", async ({ actor }) => {
          await directory.change(actor, () => removeGuardrail(directory, params.id))
          return { deleted: true }
        }),
      detail("Delete a guardrail with its assignments"),
    )
}
