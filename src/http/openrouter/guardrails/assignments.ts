import { Elysia } from "elysia"
import { type Assignee, assign, assignmentsFor, unassign } from "../../../accounts/directory/guardrail-assignments.ts"
import { guardrailFor } from "../../../accounts/directory/guardrails.ts"
import { documented } from "../../documented.ts"
import { managed } from "../../managed.ts"
import type { ManagedRoute } from "../../rights/routes.ts"
import type { HttpServices } from "../../services.ts"
import { pageOf } from "../page.ts"
import { assignees } from "./body.ts"
import { keyAssignmentRow, memberAssignmentRow } from "./rows.ts"

const detail = documented("OpenRouter")

const kinds = [
  { kind: "key", word: "keys", field: "key_hashes" },
  { kind: "member", word: "members", field: "member_user_ids" },
] as const satisfies readonly { readonly kind: Assignee; readonly word: string; readonly field: string }[]

/** To which keys and members guardrails are assigned: all of them, and those of one guardrail. */
export const assignmentRoutes = (services: HttpServices) => {
  const { directory, keys } = services
  const app = new Elysia({ name: "openrouter guardrail assignments" })
  // Guardrails hold for what calls models.
  const inferenceKeys = {
    get(id: string) {
      const key = keys.get(id)
      return key?.kind === "inference" ? key : undefined
    },
  }
  const assignable = { keys: inferenceKeys }
  const list = (request: Request, route: ManagedRoute, kind: Assignee, guardrailId?: string) =>
    managed(services, request, route, ({ query }) =>
      pageOf(query, assignmentsFor(directory, kind, assignable, guardrailId), (assignment) =>
        kind === "key"
          ? keyAssignmentRow(assignment, keys.get(assignment.body.keyId ?? ""))
          : memberAssignmentRow(assignment),
      ),
    )
  for (const { kind, word, field } of kinds) {
    const own = `/api/v1/guardrails/:id/assignments/${word}` as const
    app
      .get(
        `/api/v1/guardrails/assignments/${word}`,
        ({ request }) => list(request, `GET /api/v1/guardrails/assignments/${word}`, kind),
        detail(`The guardrails of all ${word}, a page at a time`),
      )
      .get(
        own,
        ({ request, params }) => list(request, `GET ${own}`, kind, params.id),
        detail(`The ${word} that a guardrail is assigned to, a page at a time`),
      )
      .post(
        own,
        ({ request, params }) =>
          managed(services, request, `POST ${own}`, async ({ actor, memberId, body }) => {
            guardrailFor(directory, params.id)
            const ids = assignees(body, field)
            const by = { newId: services.newId, ...(memberId === undefined ? {} : { assignedBy: memberId }) }
            const plan = () => assign(directory, params.id, kind, ids, assignable, by)
            return { assigned_count: (await directory.change(actor, plan)).count }
          }),
        detail(`Assign a guardrail to ${word}, in place of any other that they have`),
      )
      .post(
        `${own}/remove`,
        ({ request, params }) =>
          managed(services, request, `POST ${own}/remove`, async ({ actor, body }) => {
            guardrailFor(directory, params.id)
            const ids = assignees(body, field)
            const { count } = await directory.change(actor, () => unassign(directory, params.id, kind, ids))
            return { unassigned_count: count }
          }),
        detail(`Take a guardrail away from ${word}`),
      )
  }
  return app
}
