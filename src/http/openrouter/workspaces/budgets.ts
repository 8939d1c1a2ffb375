import { Elysia } from "elysia"
import { changeProject, projectOf } from "../../../accounts/directory/projects.ts"
import type { Stored } from "../../../accounts/directory/types.ts"
import { GatewayError } from "../../../contract/index.ts"
import { documented } from "../../documented.ts"
import { managed } from "../../managed.ts"
import type { HttpServices } from "../../services.ts"
import { intervalOf, readBudget, withoutBudget } from "./body.ts"
import { workspaceFor } from "./routes.ts"
import { budgetRow, intervalNames } from "./rows.ts"

const detail = documented("OpenRouter")

/** `/api/v1/workspaces/:id/budgets`: what a project may spend per day, week, month and ever. */
export const openrouterWorkspaceBudgets = (services: HttpServices) => {
  const { directory, pipeline, startedAt } = services
  const path = "/api/v1/workspaces/:id/budgets"
  const answered = (project: Stored<"project">, data: unknown) => ({
    data,
    include_byok_in_budgets: project.body.includeByokInBudgets ?? false,
  })
  return new Elysia({ name: "openrouter workspace budgets" })
    .get(
      path,
      ({ request, params }) =>
        managed(services, request, "GET /api/v1/workspaces/:id/budgets", (asked) => {
          const project = workspaceFor(services, params.id, asked)
          return answered(
            project,
            intervalNames.flatMap((name) => budgetRow(project, name, startedAt) ?? []),
          )
        }),
      detail("Budgets of a workspace"),
    )
    .get(
      `${path}/:interval`,
      ({ request, params }) =>
        managed(services, request, "GET /api/v1/workspaces/:id/budgets/:interval", (asked) => {
          const project = workspaceFor(services, params.id, asked)
          const row = budgetRow(project, intervalOf(params.interval), startedAt)
          if (!row) throw new GatewayError("not_found", `The workspace has no ${params.interval} budget.`)
          return answered(project, row)
        }),
      detail("One budget of a workspace"),
    )
    .put(
      `${path}/:interval`,
      ({ request, params }) =>
        managed(services, request, "PUT /api/v1/workspaces/:id/budgets/:interval", async (asked) => {
          const interval = intervalOf(params.interval)
          const { id } = await directory.change(asked.actor, () => {
            const project = workspaceFor(services, params.id, asked)
            const change = readBudget(asked.body, interval, project.body, Math.round(pipeline.now()))
            return changeProject(directory, project.id, change)
          })
          const project = projectOf(directory, id)!
          return answered(project, budgetRow(project, interval, startedAt))
        }),
      detail("Set a budget; wider intervals must have more"),
    )
    .delete(
      `${path}/:interval`,
      ({ request, params }) =>
        managed(services, request, "DELETE /api/v1/workspaces/:id/budgets/:interval", async (asked) => {
          const interval = intervalOf(params.interval)
          await directory.change(asked.actor, () => {
            const project = workspaceFor(services, params.id, asked)
            if (budgetRow(project, interval, startedAt) === undefined) return { id: project.id, steps: [] }
            return changeProject(directory, project.id, withoutBudget(interval, project.body))
          })
          return { deleted: true }
        }),
      detail("Take a budget away"),
    )
}
