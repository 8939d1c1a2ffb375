import { defaultProject } from "../../store/account-ids.ts"
import { invalid, type Look, type Making, missing, type Patch, type Planned, patched } from "./change.ts"
import { checkFilters } from "./content-filters.ts"
import { defaultWorkspace, derivedId } from "./ids.ts"
import { projectOf } from "./projects.ts"
import type { Guardrail, ObjectChange, Stored } from "./types.ts"

export const zdrGroups = ["anthropic", "openai", "google", "xai", "other"] as const
export type ZdrGroup = (typeof zdrGroups)[number]

/** What is asked of a guardrail: absent stays, null takes away. Of `zdr` each group by itself. */
export interface GuardrailChange extends Patch<Omit<Guardrail, "zdr" | "isDefault" | "projectId">> {
  readonly zdr?: { readonly [Group in ZdrGroup]?: boolean | null }
}

export interface NewGuardrail extends GuardrailChange {
  readonly name: string
  readonly projectId?: string
}

/** What else rules ask: the detectors that content filters may name, with what they write in place of findings. */
export interface GuardrailRules {
  readonly detectors: ReadonlyMap<string, unknown>
}

/**
 * The guardrail that holds for everything in a project. It is there without anybody having made it, and restricts nothing until it is
 * changed, which stores it under this id: a UUID, since clients want one, and the same at every gateway.
 */
export const defaultGuardrailId = (projectId: string): string => derivedId("default guardrail", projectId)

function defaultOf(look: Look, projectId: string): Stored<"guardrail"> | undefined {
  const project = projectOf(look, projectId)
  if (!project) return undefined
  const id = defaultGuardrailId(projectId)
  const name = `Workspace ${projectId === defaultProject ? defaultWorkspace : projectId} Default`
  return look.get("guardrail", id) ?? { id, body: { name, projectId, isDefault: true }, createdAt: project.createdAt }
}

/** Those of a project, or of all; each project's own first. */
export function guardrailsFor(look: Look, projectId?: string): readonly Stored<"guardrail">[] {
  const projects = projectId === undefined ? allProjects(look) : [projectId]
  const own = projects.flatMap((id) => defaultOf(look, id) ?? [])
  const isOwn = new Set(own.map(({ id }) => id))
  const made = look
    .list("guardrail")
    .filter(({ id, body }) => !isOwn.has(id) && projects.includes(body.projectId ?? defaultProject))
  return [...own, ...made]
}

const allProjects = (look: Look): readonly string[] => [
  ...new Set([defaultProject, ...look.list("project").map(({ id }) => id)]),
]

/** Throws `not_found`. */
export function guardrailFor(look: Look, id: string): Stored<"guardrail"> {
  const found = look.get("guardrail", id) ?? guardrailsFor(look).find((guardrail) => guardrail.id === id)
  if (!found) throw missing("guardrail", id)
  return found
}

export function addGuardrail(
  look: Look,
  { projectId, ...asked }: NewGuardrail,
  rules: GuardrailRules,
  { newId }: Pick<Making, "newId">,
): Planned {
  if (projectId !== undefined && !projectOf(look, projectId))
    throw invalid("workspace_id", `There is no workspace "${projectId.slice(0, 200)}".`)
  // What is said alone may be a slip: a limit for ever, or none at all (openrouter.ai/docs, create guardrail).
  if (isNumber(asked.limitNano) && asked.resetInterval === undefined)
    throw invalid("reset_interval", "limit_usd and reset_interval go together. null for the latter never resets.")
  const id = newId()
  const before: Guardrail = { name: asked.name, ...(projectId === undefined ? {} : { projectId }) }
  return { id, steps: [{ kind: "guardrail", id, body: changed(before, asked, rules) }] }
}

export function changeGuardrail(look: Look, id: string, asked: GuardrailChange, rules: GuardrailRules): Planned {
  const { body } = guardrailFor(look, id)
  if (body.isDefault === true && asked.name !== undefined && asked.name !== body.name)
    throw invalid("name", "The default guardrail of a workspace cannot be given another name.")
  return { id, steps: [{ kind: "guardrail", id, body: changed(body, asked, rules) }] }
}

const isNumber = (value: unknown): value is number => typeof value === "number"

function changed(before: Guardrail, { zdr: groups, ...asked }: GuardrailChange, rules: GuardrailRules): Guardrail {
  checkFilters(asked, rules.detectors)
  const zdr: Partial<Record<ZdrGroup, boolean>> = { ...before.zdr }
  for (const group of zdrGroups) {
    // The older field stands for whatever the request does not name.
    const wanted = groups?.[group] === undefined ? asked.enforceZdr : groups[group]
    if (wanted === null) delete zdr[group]
    else if (wanted !== undefined) zdr[group] = wanted
  }
  // An interval without a limit limits nothing.
  const withoutLimit = asked.limitNano === null && asked.resetInterval === undefined ? { resetInterval: null } : {}
  const after = patched<Guardrail>(before, {
    ...asked,
    ...withoutLimit,
    zdr: Object.keys(zdr).length === 0 ? null : zdr,
  } as Patch<Guardrail>)
  if (after.resetInterval !== undefined && after.limitNano === undefined)
    throw invalid("limit_usd", "reset_interval and limit_usd go together.")
  return after
}

/** Goes with its assignments. */
export function removeGuardrail(look: Look, id: string): Planned {
  const { body } = guardrailFor(look, id)
  if (body.isDefault === true)
    throw invalid("id", "The default guardrail of a workspace cannot be deleted. Take its restrictions away instead.")
  const assigned = look.list("guardrail-assignment").filter((one) => one.body.guardrailId === id)
  return {
    id,
    steps: [
      { kind: "guardrail", id },
      ...assigned.map((one): ObjectChange => ({ kind: "guardrail-assignment", id: one.id })),
    ],
  }
}
