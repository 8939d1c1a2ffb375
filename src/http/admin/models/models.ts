import { Elysia } from "elysia"
import type { Actor } from "../../../accounts/audit/audit.ts"
import { nearestNames } from "../../../catalog/names.ts"
import type { LiveOffer } from "../../../catalog/offers.ts"
import type { ApprovalRule } from "../../../config/config.ts"
import { GatewayError, type Json, type JsonObject } from "../../../contract/index.ts"
import { approvalOf, verdictOn } from "../../../pipeline/access/access.ts"
import { type Decision, type DeclaredApproval, modeOf, ruleOf } from "../../../pipeline/access/approval.ts"
import { approvalName, readDeclaredApproval } from "../../../pipeline/access/declared-approval.ts"
import { matcherOf, offerName } from "../../../pipeline/access/patterns.ts"
import { documented } from "../../documented.ts"
import { oneOf, readFields, texts, wrong } from "../../fields/fields.ts"
import { QueryReader } from "../../fields/query.ts"
import { type Asked, managed } from "../../managed.ts"
import type { HttpServices } from "../../services.ts"
import { declarationAudit } from "../declaration-audit.ts"
import { presets, readPreset, readRule, readRules, ruleRow } from "./approval-filter.ts"
import { modelRow, modelsOf, readFilter } from "./rows.ts"

const detail = documented("Admin")

/** `/admin/models`: which models may be used, and by what rule. */
export const adminModels = (services: HttpServices) => {
  return new Elysia({ name: "admin models" })
    .get(
      "/admin/models",
      ({ request }) => managed(services, request, "GET /admin/models", ({ query }) => list(services, query)),
      detail("Every model, approved or not, with its providers, regions and prices"),
    )
    .post(
      "/admin/models/approve",
      ({ request }) =>
        managed(services, request, "POST /admin/models/approve", (asked) => decide(services, asked, true)),
      detail("Approve models, by name, pattern, filter or preset"),
    )
    .post(
      "/admin/models/remove",
      ({ request }) =>
        managed(services, request, "POST /admin/models/remove", (asked) => decide(services, asked, false)),
      detail("Take approvals back, in the same ways"),
    )
    .get(
      "/admin/models/approval",
      ({ request }) =>
        managed(services, request, "GET /admin/models/approval", () => ({ data: approvalRow(services) })),
      detail("How models are approved: mode, rules, decisions"),
    )
    .put(
      "/admin/models/approval",
      ({ request }) => managed(services, request, "PUT /admin/models/approval", (asked) => replace(services, asked)),
      detail("Change mode and rules"),
    )
}

async function list(services: HttpServices, query: URLSearchParams): Promise<object> {
  const read = new QueryReader(query)
  const fits = readFilter(read)
  const offset = read.integer("offset", 0, Number.MAX_SAFE_INTEGER) ?? 0
  const limit = read.integer("limit", 0, 1000)
  const { models, listing } = await modelsOf(services)
  const rows = models.map((model) => modelRow(services, model, listing)).filter(fits)
  const shown = rows.slice(offset, limit === undefined ? undefined : offset + limit)
  return { data: shown, total_count: rows.length, mode: modeOf(approvalOf(services.pipeline.snapshot())) }
}

/** What a bulk change is about: names and patterns as they were sent, or the offers that fit a filter, each by its own name. */
async function meant(services: HttpServices, body: JsonObject): Promise<readonly string[]> {
  const asked = readFields(body, {
    models: ["models", texts],
    filter: ["filter", readRule],
    preset: ["preset", readPreset],
  }) as { models?: readonly string[]; filter?: ApprovalRule; preset?: ApprovalRule }
  const { models, filter, preset } = asked
  if (models === undefined && filter === undefined && preset === undefined)
    throw wrong("models", `there, or "filter", or "preset" (${Object.keys(presets).join(", ")})`)
  const { models: known } = await modelsOf(services)
  const offers = known.flatMap((model) => model.offers)
  for (const [index, name] of (models ?? []).entries()) refuseUnknown(name, `models[${index}]`, offers)
  const rules = [filter, preset].filter((rule) => rule !== undefined).map(ruleOf)
  const fitting = rules.length === 0 ? [] : offers.filter((offer) => rules.every((fits) => fits(offer)))
  return [...new Set([...(models ?? []), ...fitting.map(offerName)])]
}

/** A name that is spelled wrongly would approve nothing, and nobody would notice. Patterns may be about what is yet to come. */
function refuseUnknown(name: string, param: string, offers: readonly LiveOffer[]): void {
  if (name.includes("*") || offers.some(matcherOf([name]))) return
  const near = nearestNames(name, new Set(offers.map(({ model }) => model)))
  const hint = near.length === 0 ? "" : ` Did you mean ${near.map((other) => `"${other}"`).join(" or ")}?`
  throw new GatewayError("invalid_request", `There is no model "${name}".${hint}`, { param })
}

async function decide(services: HttpServices, { actor, body }: Asked, approved: boolean): Promise<object> {
  const names = await meant(services, body)
  const { models } = await modelsOf(services)
  const offers = models.flatMap((model) => model.offers)
  const named = matcherOf(names)
  if (!approved) refuseFile(services, offers.filter(named))
  if (names.length > 0)
    await change(services, actor, (before) => ({
      ...before,
      decisions: appended(before.decisions, names, approved),
    }))
  const snapshot = services.pipeline.snapshot()
  const touched = new Set(offers.filter(named).map(({ model }) => model))
  const usable = new Set(offers.filter((offer) => verdictOn(snapshot, offer).approved).map(({ model }) => model))
  return {
    data: {
      changed: names,
      models: [...touched].map((id) => ({ id, approved: usable.has(id) })),
    },
  }
}

/** What the file approves belongs to it. */
function refuseFile(services: HttpServices, offers: readonly LiveOffer[]): void {
  const snapshot = services.pipeline.snapshot()
  const held = offers.filter((offer) => {
    const { approved, source } = verdictOn(snapshot, offer)
    return approved && source === "file"
  })
  if (held.length === 0) return
  const names = [...new Set(held.map(({ model }) => model))]
  const shown = names.slice(0, 5).join(", ")
  throw new GatewayError(
    "conflict",
    `The configuration file approves ${shown}${names.length > 5 ? ` and ${names.length - 5} more` : ""} (approved_models). Change it there.`,
    { param: "models" },
  )
}

/** The last one counts, so what is said again goes to the end, and nothing stands there twice. */
function appended(before: readonly Decision[], names: readonly string[], approved: boolean): readonly Decision[] {
  const again = new Set(names)
  return [...before.filter(({ model }) => !again.has(model)), ...names.map((model) => ({ model, approved }))]
}

/** Changes follow one another, so that none is made of what another is about to replace. */
const changes = new WeakMap<HttpServices, Promise<unknown>>()

function change(
  services: HttpServices,
  actor: Actor,
  next: (before: DeclaredApproval) => DeclaredApproval,
): Promise<void> {
  const done = (changes.get(services) ?? Promise.resolve()).then(() => write(services, actor, next))
  changes.set(
    services,
    done.catch(() => {}),
  )
  return done
}

async function write(
  services: HttpServices,
  actor: Actor,
  next: (before: DeclaredApproval) => DeclaredApproval,
): Promise<void> {
  const before = readDeclaredApproval(services.declarations.current.approvals[approvalName])
  const { mode, rules, decisions } = next(before)
  const body: Json = {
    ...(mode === undefined ? {} : { mode }),
    rules: rules.map(ruleRow),
    decisions: decisions.map(({ model, approved }) => [model, approved ? 1 : 0]),
  }
  const said = declarationAudit(services, "approval", approvalName, actor)
  await services.declarations.put({ kind: "approval", name: approvalName, body, ...said })
}

const mode = oneOf("all", "listed", "rules")

async function replace(services: HttpServices, { actor, body }: Asked): Promise<object> {
  const asked = readFields(body, {
    mode: ["mode", mode],
    rules: ["rules", readRules],
    preset: ["preset", readPreset],
    approved: ["approved", texts],
    removed: ["removed", texts],
  }) as {
    mode?: DeclaredApproval["mode"]
    rules?: readonly ApprovalRule[]
    preset?: ApprovalRule
    approved?: readonly string[]
    removed?: readonly string[]
  }
  const { file } = approvalOf(services.pipeline.snapshot())
  const wanted = asked.mode ?? (asked.preset === undefined ? undefined : "rules")
  if (file && wanted !== undefined && wanted !== file.mode)
    throw new GatewayError(
      "conflict",
      `The mode is ${file.mode} in the configuration file (approved_models.mode). Change it there.`,
      { param: "mode" },
    )
  const rules = asked.preset === undefined ? asked.rules : [...(asked.rules ?? []), asked.preset]
  await change(services, actor, (before) => {
    const nextMode = file ? before.mode : (wanted ?? before.mode)
    const lists = asked.approved !== undefined || asked.removed !== undefined
    return {
      ...(nextMode === undefined ? {} : { mode: nextMode }),
      rules: rules ?? before.rules,
      decisions: lists
        ? [
            ...(asked.approved ?? listed(before, true)).map((model) => ({ model, approved: true })),
            ...(asked.removed ?? listed(before, false)).map((model) => ({ model, approved: false })),
          ]
        : before.decisions,
    }
  })
  return { data: approvalRow(services) }
}

const listed = ({ decisions }: DeclaredApproval, approved: boolean): readonly string[] =>
  decisions.filter((one) => one.approved === approved).map(({ model }) => model)

function approvalRow(services: HttpServices): Record<string, unknown> {
  const approval = approvalOf(services.pipeline.snapshot())
  const { file, declared } = approval
  return {
    mode: modeOf(approval),
    source: file ? "file" : "store",
    rules: declared.rules.map(ruleRow),
    approved: listed(declared, true),
    removed: listed(declared, false),
    file: file ? { mode: file.mode, models: file.models, rules: file.rules.map(ruleRow) } : null,
    presets: Object.fromEntries(Object.entries(presets).map(([name, rule]) => [name, ruleRow(rule)])),
  }
}
