import { Elysia } from "elysia"
import { patched } from "../../../accounts/directory/change.ts"
import { isActive, keysOf, namesOf } from "../../../accounts/directory/keys-of.ts"
import {
  addProject,
  changeProject,
  type NewProject,
  projectFor,
  projectOf,
  projectsFor,
  removeProject,
} from "../../../accounts/directory/projects.ts"
import type { Project, Stored } from "../../../accounts/directory/types.ts"
import { GatewayError, type Json } from "../../../contract/index.ts"
import { defaultProject } from "../../../store/account-ids.ts"
import { documented } from "../../documented.ts"
import { wrong } from "../../fields/fields.ts"
import { makingOf } from "../../making.ts"
import { type Asked, managed } from "../../managed.ts"
import type { HttpServices } from "../../services.ts"
import { pageOf } from "../page.ts"
import { withoutConflict } from "../without-conflict.ts"
import { readUserIds, readWorkspace } from "./body.ts"
import { projectIdOf } from "./id.ts"
import { memberRow, workspaceRow } from "./rows.ts"

const detail = documented("OpenRouter")

/** By id or slug; what the asker is not in is not there. */
export const workspaceFor = ({ directory }: HttpServices, id: string, asked: Asked): Stored<"project"> =>
  projectFor(directory, projectIdOf(id), asked)

/** `/api/v1/workspaces`: projects in OpenRouter's words. */
export const openrouterWorkspaces = (services: HttpServices) => {
  const { directory, keys, startedAt } = services
  const one = (id: string) => ({ data: workspaceRow(projectOf(directory, id)!, startedAt) })
  const path = "/api/v1/workspaces"
  return new Elysia({ name: "openrouter workspaces" })
    .get(
      path,
      ({ request }) =>
        managed(services, request, "GET /api/v1/workspaces", (asked) =>
          pageOf(asked.query, projectsFor(directory, asked), (project) => workspaceRow(project, startedAt)),
        ),
      detail("Workspaces"),
    )
    .post(
      path,
      ({ request }) =>
        managed(
          services,
          request,
          "POST /api/v1/workspaces",
          (asked) =>
            withoutConflict(async () => {
              const fields = readWorkspace(asked.body, undefined)
              for (const name of ["name", "slug"] as const)
                if (typeof fields[name] !== "string") throw wrong(name, "there: a non-empty string")
              // Whoever makes one is in it; everybody else is added.
              const memberIds = asked.memberId === undefined ? [] : [asked.memberId]
              const asProject = patched<Partial<Project>>({ memberIds }, fields) as NewProject
              const plan = () => addProject(directory, asProject, makingOf(services))
              return one((await directory.change(asked.actor, plan)).id)
            }),
          201,
        ),
      detail("Make a workspace"),
    )
    .get(
      `${path}/:id`,
      ({ request, params }) =>
        managed(services, request, "GET /api/v1/workspaces/:id", (asked) =>
          one(workspaceFor(services, params.id, asked).id),
        ),
      detail("A workspace, by id or slug"),
    )
    .patch(
      `${path}/:id`,
      ({ request, params }) =>
        managed(services, request, "PATCH /api/v1/workspaces/:id", (asked) =>
          withoutConflict(async () => {
            const plan = () => {
              const { id, body } = workspaceFor(services, params.id, asked)
              return changeProject(directory, id, readWorkspace(asked.body, body.settings))
            }
            return one((await directory.change(asked.actor, plan)).id)
          }),
        ),
      detail("Change a workspace"),
    )
    .delete(
      `${path}/:id`,
      ({ request, params }) =>
        managed(services, request, "DELETE /api/v1/workspaces/:id", (asked) =>
          withoutConflict(async () => {
            const plan = () => removeProject(directory, workspaceFor(services, params.id, asked).id, keys.list())
            await directory.change(asked.actor, plan)
            return { deleted: true }
          }),
        ),
      detail("Delete a workspace that no key is in"),
    )
    .get(
      `${path}/:id/members`,
      ({ request, params }) =>
        managed(services, request, "GET /api/v1/workspaces/:id/members", (asked) => {
          const project = workspaceFor(services, params.id, asked)
          return pageOf(asked.query, membersOf(services, project), (member) => memberRow(project, member))
        }),
      detail("Who is in a workspace; in the default one, everybody"),
    )
    .post(
      `${path}/:id/members/add`,
      ({ request, params }) =>
        managed(services, request, "POST /api/v1/workspaces/:id/members/add", (asked) =>
          withoutConflict(() => addMembers(services, params.id, asked)),
        ),
      detail("Add members of the organisation"),
    )
    .post(
      `${path}/:id/members/remove`,
      ({ request, params }) =>
        managed(services, request, "POST /api/v1/workspaces/:id/members/remove", (asked) =>
          withoutConflict(() => removeMembers(services, params.id, asked)),
        ),
      detail("Remove members that have no key in the workspace"),
    )
}

const membersOf = ({ directory }: HttpServices, { body }: Stored<"project">): readonly Stored<"member">[] =>
  directory.list("member").filter(({ id }) => body.memberIds?.includes(id) ?? true)

async function addMembers(services: HttpServices, workspace: string, asked: Asked): Promise<Record<string, Json>> {
  const { directory } = services
  const ids = readUserIds(asked.body)
  const planned = await directory.change(asked.actor, () => {
    const { id, body } = workspaceFor(services, workspace, asked)
    for (const [index, one] of ids.entries())
      if (directory.get("member", one) === undefined) throw wrong(`user_ids[${index}]`, "the id of a member")
    const added = ids.filter((one) => body.memberIds && !body.memberIds.includes(one))
    if (added.length === 0) return { id, steps: [] }
    return changeProject(directory, id, { memberIds: [...(body.memberIds ?? []), ...added] })
  })
  const project = projectOf(directory, planned.id)!
  const rows = membersOf(services, project).filter(({ id }) => ids.includes(id))
  return { added_count: ids.length, data: rows.map((member) => memberRow(project, member)) }
}

async function removeMembers(services: HttpServices, workspace: string, asked: Asked): Promise<Record<string, Json>> {
  const { directory, keys, pipeline } = services
  const ids = new Set(readUserIds(asked.body))
  let removed = 0
  await directory.change(asked.actor, () => {
    const project = workspaceFor(services, workspace, asked)
    if (project.id === defaultProject)
      throw new GatewayError("invalid_request", "Everybody is in the default workspace; nobody can be removed from it.")
    const inside = membersOf(services, project)
    const going = inside.filter(({ id }) => ids.has(id))
    for (const { id, body } of going) {
      const own = keysOf(keysOf(keys.list(), "project", project.id), "member", id)
      const active = own.filter((key) => isActive(key, pipeline.now()))
      if (active.length > 0)
        throw new GatewayError(
          "invalid_request",
          `"${body.email}" still has ${namesOf(active)} in this workspace. Move, disable or delete them first.`,
        )
    }
    removed = going.length
    if (removed === 0) return { steps: [] }
    return changeProject(directory, project.id, {
      memberIds: inside.map(({ id }) => id).filter((id) => !ids.has(id)),
    })
  })
  return { removed_count: removed }
}
