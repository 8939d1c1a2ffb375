import { Elysia } from "elysia"
import type { Actor } from "../../accounts/audit/audit.ts"
import type { Preset } from "../../config/config.ts"
import { policyKinds } from "../../config/resolve/routing.ts"
import type { PresetConfig } from "../../config/schema.ts"
import { GatewayError, type Json } from "../../contract/index.ts"
import {
  checkAlias,
  checkPolicy,
  checkPreset,
  type FileNames,
  policyText,
  refuseCircle,
  refuseOfFile,
} from "../../declarations/check.ts"
import type { Declaration, Declared } from "../../declarations/declared.ts"
import { unescaped } from "../../dialects/body/unescaped.ts"
import { checkPreferences } from "../../pipeline/plan/preferences/strict-preferences.ts"
import { dangling } from "../../pipeline/plan/targets/reachable.ts"
import { checkPresetFields } from "../../pipeline/presets/check-fields.ts"
import { documented } from "../documented.ts"
import { managed } from "../managed.ts"
import type { HttpServices } from "../services.ts"
import { timeText } from "../shown.ts"
import { declarationAudit } from "./declaration-audit.ts"

const detail = documented("Admin")

/** One kind of what the API may declare beside the configuration file. */
interface Declarable {
  readonly path: "policies" | "aliases" | "presets"
  readonly kind: "policy" | "alias" | "preset"
  /** The name as it is meant, where the address leaves something out. */
  named(name: string): string
  /** Checks a body and gives what is kept. Throws `invalid_request`. */
  read(name: string, body: Json): Json
  /** Looks at what else holds. */
  check?(name: string, body: Json, file: FileNames, declared: Declared): void
  /** What the file says, in its own words. */
  written(file: FileNames, name: string): Json
  /** What a request names. */
  called(name: string): string
}

const kinds: readonly Declarable[] = [
  {
    path: "policies",
    kind: "policy",
    named: (name) => (name.startsWith("policy/") ? name : `policy/${name}`),
    read(name, body) {
      const policy = checkPolicy(name, body)
      checkPreferences(policy.provider as Json | undefined, "provider")
      for (const kind of policyKinds)
        for (const [index, step] of (policy[kind] ?? []).entries())
          checkPreferences(step.provider as Json | undefined, `${kind}[${index}].provider`)
      return policy as Json
    },
    check: (name, body, file, declared) =>
      refuseCircle(file, declared, { policies: { [name]: checkPolicy(name, body) } }),
    written: ({ policies }, name) => policyText(policies[name]!) as Json,
    called: (name) => name,
  },
  {
    path: "aliases",
    kind: "alias",
    named: (name) => name,
    read: checkAlias,
    check: (name, body, file, declared) => refuseCircle(file, declared, { aliases: { [name]: String(body) } }),
    written: ({ aliases }, name) => aliases[name]!,
    called: (name) => name,
  },
  {
    path: "presets",
    kind: "preset",
    named: (name) => name,
    read(name, body) {
      const preset: PresetConfig = checkPreset(name, body)
      checkPresetFields(preset as Preset)
      return preset as Json
    },
    written: ({ presets }, name) => ({ ...presets[name]! }) as Json,
    called: (name) => `@preset/${name}`,
  },
]

/** `/admin/policies`, `/admin/aliases`, `/admin/presets`. Management keys only. */
export const adminDeclarations = (services: HttpServices) => {
  const app = new Elysia({ name: "admin declarations" })
  for (const kind of kinds) mount(app, services, kind)
  return app
}

function mount(app: Elysia, services: HttpServices, kind: Declarable): void {
  const what = kind.path
  const path = `/admin/${what}` as const
  const nameIn = (params: Readonly<Record<string, string>>) => kind.named(unescaped(params["*"] ?? ""))
  app.get(
    path,
    ({ request }) => managed(services, request, `GET ${path}`, () => ({ data: listOf(services, kind) })),
    detail(`All ${what}`),
  )
  app.get(
    `${path}/*`,
    ({ request, params }) =>
      managed(services, request, `GET ${path}/*`, () => ({ data: find(services, kind, nameIn(params)) })),
    detail(`One of the ${what}`),
  )
  app.put(
    `${path}/*`,
    ({ request, params }) =>
      managed(services, request, `PUT ${path}/*`, ({ actor, body }) =>
        put(services, kind, nameIn(params), body, actor),
      ),
    detail(`Make or change one of the ${what}`),
  )
  app.delete(
    `${path}/*`,
    ({ request, params }) =>
      managed(services, request, `DELETE ${path}/*`, ({ actor }) => remove(services, kind, nameIn(params), actor)),
    detail(`Delete one of the ${what}`),
  )
}

async function put(
  services: HttpServices,
  { kind, path, read, check, called }: Declarable,
  name: string,
  body: Json,
  actor: Actor,
) {
  const file = () => services.pipeline.snapshot().config
  refuseOfFile(file()[path], kind, name)
  const kept = read(name, body)
  const made = await services.declarations.put({
    kind,
    name,
    body: kept,
    ...declarationAudit(services, kind, name, actor),
    check(declared) {
      refuseOfFile(file()[path], kind, name)
      check?.(name, kind === "alias" ? kept : body, file(), declared)
    },
  })
  return { data: rowOf(made), warnings: dangling(services.pipeline.snapshot(), called(name)) }
}

async function remove(services: HttpServices, { kind, path }: Declarable, name: string, actor: Actor) {
  refuseOfFile(services.pipeline.snapshot().config[path], kind, name)
  const removed = await services.declarations.remove({ kind, name, ...declarationAudit(services, kind, name, actor) })
  if (!removed) throw missing(kind, name)
  return { deleted: true }
}

const listOf = (services: HttpServices, kind: Declarable) => {
  const file: FileNames = services.pipeline.snapshot().config
  const ofFile = Object.keys(file[kind.path]).map((name) => fileRow(file, kind, name))
  // What the file declares meanwhile under the same name goes before it.
  const ofStore = services.declarations.list(kind.kind).filter(({ name }) => !Object.hasOwn(file[kind.path], name))
  return [...ofFile, ...ofStore.map(rowOf)]
}

function find(services: HttpServices, kind: Declarable, name: string) {
  const file: FileNames = services.pipeline.snapshot().config
  if (Object.hasOwn(file[kind.path], name)) return fileRow(file, kind, name)
  const found = services.declarations.versions(kind.kind, name).at(-1)
  if (!found) throw missing(kind.kind, name)
  return rowOf(found)
}

const fileRow = (file: FileNames, { kind, written }: Declarable, name: string) => ({
  name,
  source: "file",
  version: 1,
  [kind === "alias" ? "model" : kind]: written(file, name),
})

const rowOf = ({ kind, name, version, body, createdAt, createdBy }: Declaration) => ({
  name,
  source: "store",
  version,
  [kind === "alias" ? "model" : kind]: body,
  created_at: timeText(createdAt),
  created_by: createdBy ?? null,
})

const missing = (kind: string, name: string) =>
  new GatewayError("not_found", `There is no ${kind} "${name.slice(0, 200)}".`)
