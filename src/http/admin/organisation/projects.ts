import { Elysia } from "elysia"
import {
  addProject,
  changeProject,
  type NewProject,
  projectFor,
  projectOf,
  projectsFor,
  removeProject,
} from "../../../accounts/directory/projects.ts"
import type { Stored } from "../../../accounts/directory/types.ts"
import { isObject, type JsonObject } from "../../../contract/index.ts"
import { usd } from "../../../ledger/money.ts"
import { windowKinds } from "../../../store/windows.ts"
import { documented } from "../../documented.ts"
import {
  type FieldTable,
  orNull,
  present,
  type Read,
  readFields,
  shortText,
  text,
  texts,
  wrong,
} from "../../fields/fields.ts"
import { money, rates } from "../../fields/limits.ts"
import { makingOf } from "../../making.ts"
import { managed } from "../../managed.ts"
import type { HttpServices } from "../../services.ts"
import { usdOrNull } from "../../shown.ts"
import { ratesRow } from "../limit-rows.ts"
import { historyRow, pageOf } from "../paging.ts"

const detail = documented("Admin")

const budgetFields: FieldTable = Object.fromEntries(windowKinds.map((kind) => [kind, [kind, money] as const]))

/** All of them at once: one that is left out is no budget. */
const budgets: Read<object> = (value, name) => {
  if (!isObject(value)) throw wrong(name, `an object with ${windowKinds.join(", ")} in USD`)
  const named = Object.fromEntries(Object.entries(value as JsonObject).filter(([, amount]) => amount !== null))
  return readFields(named, budgetFields, `${name}.`)
}

const fields: FieldTable = {
  name: ["name", shortText(256)],
  slug: ["slug", text],
  description: ["description", orNull(shortText(1000))],
  budgets: ["budgets", budgets],
  rates: ["rates", orNull(rates)],
  member_ids: ["memberIds", orNull(texts)],
}

/** `/admin/projects`, which OpenRouter calls workspaces. An id in an address may be a slug. */
export const adminProjects = (services: HttpServices) => {
  const row = (project: Stored<"project">) => projectRow(services, project)
  const one = (id: string) => ({ data: row(projectOf(services.directory, id)!) })
  const { directory, keys } = services
  return new Elysia({ name: "admin projects" })
    .get(
      "/admin/projects",
      ({ request }) =>
        managed(services, request, "GET /admin/projects", (asked) =>
          pageOf(asked.query, projectsFor(directory, asked), row),
        ),
      detail("Projects: budgets, spending"),
    )
    .post(
      "/admin/projects",
      ({ request }) =>
        managed(
          services,
          request,
          "POST /admin/projects",
          async ({ body, actor }) => {
            const wanted = present(readFields(body, fields))
            if (wanted.name === undefined) throw wrong("name", "there: a name for people")
            const plan = () => addProject(directory, wanted as unknown as NewProject, makingOf(services))
            return one((await directory.change(actor, plan)).id)
          },
          201,
        ),
      detail("Make a project"),
    )
    .get(
      "/admin/projects/:id",
      ({ request, params }) =>
        managed(services, request, "GET /admin/projects/:id", (asked) => ({
          data: row(projectFor(directory, params.id, asked)),
        })),
      detail("A project"),
    )
    .patch(
      "/admin/projects/:id",
      ({ request, params }) =>
        managed(services, request, "PATCH /admin/projects/:id", async (asked) => {
          const change = readFields(asked.body, fields)
          const plan = () => changeProject(directory, projectFor(directory, params.id, asked).id, change)
          return one((await directory.change(asked.actor, plan)).id)
        }),
      detail("Change a project"),
    )
    .delete(
      "/admin/projects/:id",
      ({ request, params }) =>
        managed(services, request, "DELETE /admin/projects/:id", async (asked) => {
          const plan = () => removeProject(directory, projectFor(directory, params.id, asked).id, keys.list())
          await directory.change(asked.actor, plan)
          return { deleted: true }
        }),
      detail("Delete a project that no key is in"),
    )
}

function projectRow(services: HttpServices, { id, body, ...history }: Stored<"project">): Record<string, unknown> {
  const { usage, byok } = services.budgets.snapshotOf(`project:${id}`, services.pipeline.now())
  return {
    id,
    name: body.name,
    slug: body.slug,
    description: body.description ?? null,
    budgets: Object.fromEntries(windowKinds.map((kind) => [kind, usdOrNull(body.budgets[kind])])),
    rates: ratesRow(body.rates),
    member_ids: body.memberIds ?? null,
    usage: usd(usage.total),
    usage_daily: usd(usage.daily),
    usage_weekly: usd(usage.weekly),
    usage_monthly: usd(usage.monthly),
    byok_usage: usd(byok.total),
    ...historyRow(history),
  }
}
