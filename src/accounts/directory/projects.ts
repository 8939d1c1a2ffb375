import { defaultProject } from "../../store/account-ids.ts"
import type { Principal } from "../principal.ts"
import {
  conflict,
  invalid,
  type Look,
  type Making,
  type Manager,
  missing,
  type Patch,
  type Planned,
  patched,
  requireFree,
  requireNamed,
} from "./change.ts"
import { keysOf, namesOf } from "./keys-of.ts"
import type { ObjectChange, Project, Stored } from "./types.ts"

export type NewProject = Partial<Project> & Pick<Project, "name">

/** What is there before anybody has said anything of it. */
const untouched: Stored<"project"> = Object.freeze({
  id: defaultProject,
  body: Object.freeze({ name: "Default", slug: "default", budgets: Object.freeze({}) }),
  createdAt: 0,
})

export const projectOf = (look: Look, id: string): Stored<"project"> | undefined =>
  look.get("project", id) ?? (id === defaultProject ? untouched : undefined)

/** The one that is always there comes first, then the oldest. */
export const projectsFor = (look: Look, by: Manager): readonly Stored<"project">[] =>
  [projectOf(look, defaultProject)!, ...look.list("project").filter(({ id }) => id !== defaultProject)].filter(
    (project) => isOpenTo(project, by),
  )

/** By id or slug. Throws `not_found`, also for projects that the asker is not in. */
export function projectFor(look: Look, idOrSlug: string, by: Manager): Stored<"project"> {
  const found = projectOf(look, idOrSlug) ?? look.list("project").find(({ body }) => body.slug === idOrSlug)
  if (!found || !isOpenTo(found, by)) throw missing("project", idOrSlug)
  return found
}

export function addProject(look: Look, asked: NewProject, { newId }: Making): Planned {
  const name = asked.name.trim()
  requireFree(look, "project", name)
  const slug = freeSlug(look, asked.slug ?? slugOf(name))
  requireMembers(look, asked.memberIds)
  const id = newId()
  return { id, steps: [{ kind: "project", id, body: { budgets: {}, ...asked, name, slug } }] }
}

export function changeProject(look: Look, id: string, change: Patch<Project>): Planned {
  const before = projectOf(look, id)
  if (!before) throw missing("project", id)
  const after = patched(before.body, change)
  requireFree(look, "project", after.name, id)
  freeSlug(look, after.slug, id)
  requireMembers(look, change.memberIds)
  return { id, steps: [{ kind: "project", id, body: { ...after, name: after.name.trim() } }] }
}

/** Refused while keys are in it. Guardrails and upstream credentials that were made for it go with it. */
export function removeProject(look: Look, id: string, keys: readonly Principal[]): Planned {
  if (id === defaultProject) throw conflict("The default project is always there; it cannot be deleted.")
  const before = projectOf(look, id)
  if (!before) throw missing("project", id)
  const inside = keysOf(keys, "project", id)
  if (inside.length > 0)
    throw conflict(`The project "${before.body.name}" still has ${namesOf(inside)}. Move or delete them first.`)
  const guardrails = look.list("guardrail").filter(({ body }) => body.projectId === id)
  const gone = new Set(guardrails.map((guardrail) => guardrail.id))
  const assignments = look.list("guardrail-assignment").filter(({ body }) => gone.has(body.guardrailId))
  const credentials = look.list("upstream-key").filter(({ body }) => body.projectId === id)
  return {
    id,
    steps: [
      { kind: "project", id },
      ...guardrails.map((one): ObjectChange => ({ kind: "guardrail", id: one.id })),
      ...assignments.map((one): ObjectChange => ({ kind: "guardrail-assignment", id: one.id })),
      ...credentials.map((one): ObjectChange => ({ kind: "upstream-key", id: one.id })),
    ],
  }
}

const isOpenTo = ({ body }: Stored<"project">, by: Manager): boolean =>
  by.reach === "all" ||
  body.memberIds === undefined ||
  (by.memberId !== undefined && body.memberIds.includes(by.memberId))

/** Slugs are in addresses. */
const slugForm = /^[a-z0-9](?:[a-z0-9-]{0,98}[a-z0-9])?$/

const slugOf = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 100)
    .replace(/^-+|-+$/g, "")

function freeSlug(look: Look, slug: string, own?: string): string {
  if (!slugForm.test(slug)) throw invalid("slug", "A project's slug is lower case letters, digits and - between them.")
  const taken = [untouched, ...look.list("project")].some(
    ({ id, body }) => id !== own && (look.get("project", id) ?? { body }).body.slug === slug,
  )
  if (taken) throw conflict(`There is a project with the slug "${slug}" already.`, "slug")
  return slug
}

function requireMembers(look: Look, ids: readonly string[] | null | undefined): void {
  for (const [index, id] of (ids ?? []).entries()) requireNamed(look, "member", id, `member_ids[${index}]`)
}
