import { Elysia } from "elysia"
import type { Preset } from "../../config/config.ts"
import { type ClientDialect, GatewayError, type Json, type JsonObject } from "../../contract/index.ts"
import { checkPreset, refuseOfFile } from "../../declarations/check.ts"
import type { Declaration } from "../../declarations/declared.ts"
import { chatCompletionsClient } from "../../dialects/chat-completions/index.ts"
import { openrouterFace } from "../../dialects/faces/index.ts"
import { messagesClient } from "../../dialects/messages/index.ts"
import { responsesClient } from "../../dialects/responses/client/index.ts"
import { checkPresetFields } from "../../pipeline/presets/check-fields.ts"
import { presetOfRequest } from "../../pipeline/presets/from-request.ts"
import { declarationAudit } from "../admin/declaration-audit.ts"
import { answer } from "../answer.ts"
import { authenticate } from "../auth.ts"
import { QueryReader, queryOf } from "../fields/query.ts"
import { type Asked, managed } from "../managed.ts"
import type { HttpServices } from "../services.ts"
import { readPage } from "./models/query.ts"
import { workspaceIdOf } from "./workspaces/id.ts"

const formats = [
  { path: "chat/completions", client: chatCompletionsClient },
  { path: "messages", client: messagesClient },
  { path: "responses", client: responsesClient },
] as const satisfies readonly { readonly path: string; readonly client: ClientDialect }[]

/** `/api/v1/presets`: any key reads them, management keys make them. */
export const openrouterPresets = (services: HttpServices) => {
  const app = new Elysia({ name: "openrouter presets" })
  const path = "/api/v1/presets"
  const detail = (summary: string) => ({ detail: { summary, tags: ["OpenRouter"] } })
  const read = (request: Request, work: () => unknown) =>
    answer(services, openrouterFace, () => {
      authenticate(services.keys, request, "any")
      return work()
    })
  app
    .get(
      path,
      ({ request }) =>
        read(request, () =>
          pageOf(
            request,
            allSlugs(services).map((slug) => presetRow(slug, versionsOf(services, slug))),
          ),
        ),
      detail("All presets"),
    )
    .get(
      `${path}/:slug`,
      ({ request, params }) =>
        read(request, () => ({ data: withNewest(params.slug, existing(services, params.slug)) })),
      detail("A preset with its newest version"),
    )
    .get(
      `${path}/:slug/versions`,
      ({ request, params }) =>
        read(request, () =>
          pageOf(
            request,
            existing(services, params.slug)
              .map((version) => versionRow(params.slug, version))
              .reverse(),
          ),
        ),
      detail("The versions of a preset, newest first"),
    )
    .get(
      `${path}/:slug/versions/:version`,
      ({ request, params }) =>
        read(request, () => {
          const found = existing(services, params.slug).find(({ version }) => String(version) === params.version)
          if (!found)
            throw new GatewayError("not_found", `The preset "${params.slug}" has no version ${params.version}.`)
          return { data: versionRow(params.slug, found) }
        }),
      detail("One version of a preset"),
    )
  for (const { path: format, client } of formats) {
    app.post(
      `${path}/:slug/${format}`,
      ({ request, params }) =>
        managed(services, request, `POST ${path}/:slug/${format}`, (asked) =>
          create(services, asked, params.slug, client),
        ),
      { parse: "none", ...detail("Make a preset, or a version of it, from a request") },
    )
  }
  return app
}

async function create(services: HttpServices, { actor, body }: Asked, slug: string, client: ClientDialect) {
  const file = () => services.pipeline.snapshot().config.presets
  refuseOfFile(file(), "preset", slug)
  const last = services.declarations.versions("preset", slug).at(-1)?.body as JsonObject | undefined
  const { name, description } = last ?? {}
  const made = presetOfRequest(client, body)
  // What people called it stays with it; a request does not say.
  const preset = checkPreset(slug, { ...made, ...defined({ name, description }) } as Json)
  checkPresetFields(preset as Preset)
  await services.declarations.put({
    kind: "preset",
    name: slug,
    body: preset as Json,
    ...declarationAudit(services, "preset", slug, actor),
    check: () => refuseOfFile(file(), "preset", slug),
  })
  return { data: withNewest(slug, existing(services, slug)) }
}

const defined = (fields: Readonly<Record<string, Json | undefined>>): JsonObject =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as JsonObject

interface Version extends Pick<Declaration, "version" | "createdAt"> {
  readonly createdBy?: string
  readonly body: JsonObject
}

/** Oldest first; the file's presets have one version, as old as the gateway's start. */
function versionsOf(services: HttpServices, slug: string): readonly Version[] {
  const { presets } = services.pipeline.snapshot().config
  if (Object.hasOwn(presets, slug))
    return [{ version: 1, createdAt: services.startedAt, body: { ...presets[slug] } as unknown as JsonObject }]
  return services.declarations.versions("preset", slug) as readonly Version[]
}

function existing(services: HttpServices, slug: string): readonly Version[] {
  const versions = versionsOf(services, slug)
  if (versions.length === 0) throw new GatewayError("not_found", `There is no preset "${slug.slice(0, 100)}".`)
  return versions
}

const allSlugs = (services: HttpServices): readonly string[] => {
  const { presets } = services.pipeline.snapshot().config
  return [...new Set([...Object.keys(presets), ...services.declarations.list("preset").map(({ name }) => name)])]
}

const iso = (at: number): string => new Date(at).toISOString()
export const presetId = (slug: string): string => `preset-${slug}`
const versionId = (slug: string, version: number): string => `${presetId(slug)}-v${version}`

function presetRow(slug: string, versions: readonly Version[]) {
  const [first, last] = [versions[0]!, versions.at(-1)!]
  const { name, description } = last.body
  return {
    id: presetId(slug),
    slug,
    name: typeof name === "string" ? name : slug,
    description: typeof description === "string" ? description : null,
    status: "active",
    status_updated_at: null,
    designated_version_id: versionId(slug, last.version),
    creator_user_id: first.createdBy ?? null,
    created_at: iso(first.createdAt),
    updated_at: iso(last.createdAt),
    // They hold for everybody, in whatever workspace.
    workspace_id: workspaceIdOf(),
  }
}

const withNewest = (slug: string, versions: readonly Version[]) => ({
  ...presetRow(slug, versions),
  designated_version: versionRow(slug, versions.at(-1)!),
})

function versionRow(slug: string, { version, createdAt, createdBy, body }: Version) {
  return {
    id: versionId(slug, version),
    preset_id: presetId(slug),
    version,
    config: body.parameters ?? {},
    system_prompt: typeof body.system === "string" ? body.system : null,
    creator_id: createdBy ?? "",
    created_at: iso(createdAt),
    updated_at: iso(createdAt),
  }
}

/** OpenRouter's. */
const usualPage = 50

function pageOf(request: Request, rows: readonly unknown[]) {
  const { offset, limit = usualPage } = readPage(new QueryReader(queryOf(request)))
  return { data: rows.slice(offset, offset + limit), total_count: rows.length }
}
