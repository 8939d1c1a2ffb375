import { Elysia } from "elysia"
import { existing } from "../../../accounts/directory/change.ts"
import type { Stored } from "../../../accounts/directory/types.ts"
import {
  addUpstreamKey,
  changeUpstreamKey,
  removeUpstreamKey,
  upstreamKeyPurpose,
  upstreamKeysFor,
} from "../../../accounts/directory/upstream-keys.ts"
import { defaultProject } from "../../../store/account-ids.ts"
import { canonicalNames } from "../../canonical-names.ts"
import { documented } from "../../documented.ts"
import { QueryReader } from "../../fields/query.ts"
import { managed } from "../../managed.ts"
import type { HttpServices } from "../../services.ts"
import { timeText } from "../../shown.ts"
import { pageOf } from "../page.ts"
import { projectIdOf, workspaceIdOf } from "../workspaces/id.ts"
import { labelOf, newUpstreamKey, upstreamKeyChange } from "./body.ts"
import { providerFor } from "./provider.ts"

const detail = documented("OpenRouter")

/** As OpenRouter shows one: never the credential. */
export const upstreamKeyRow = ({ id, body, createdAt }: Stored<"upstream-key">) => ({
  id,
  provider: body.provider,
  name: body.name ?? null,
  label: body.label,
  workspace_id: body.projectId === undefined ? null : workspaceIdOf(body.projectId),
  disabled: body.disabled ?? false,
  is_fallback: body.isFallback,
  is_required: body.isRequired ?? false,
  is_byok_only: body.isOnly ?? false,
  declared_zdr: body.declaredZdr ?? null,
  sort_order: body.sortOrder,
  allowed_models: body.allowedModels ?? null,
  allowed_api_key_hashes: body.allowedKeyIds ?? null,
  allowed_user_ids: body.allowedMemberIds ?? null,
  created_at: timeText(createdAt),
})

/** `/api/v1/byok`: credentials for upstreams that somebody brought. */
export const openrouterByok = (services: HttpServices) => {
  const { directory, keys, seal, newId } = services
  const path = "/api/v1/byok"
  const shown = (id: string) => ({ data: upstreamKeyRow(existing(directory, "upstream-key", id)) })
  /** Before the change: its plan may not wait. */
  const sealed = async (id: string, credential: string) => ({
    sealed: await seal.seal(credential, upstreamKeyPurpose(id)),
    label: labelOf(credential),
  })
  return new Elysia({ name: "openrouter byok" })
    .get(
      path,
      ({ request }) =>
        managed(services, request, "GET /api/v1/byok", ({ query }) => {
          const read = new QueryReader(query)
          const workspace = read.text("workspace_id")
          const slug = read.text("provider")
          const provider = slug === undefined ? undefined : providerFor(services.pipeline.snapshot(), slug)
          const found = upstreamKeysFor(directory, workspace === undefined ? defaultProject : projectIdOf(workspace))
          return pageOf(
            query,
            found.filter(({ body }) => provider === undefined || body.provider === provider),
            upstreamKeyRow,
          )
        }),
      detail("Credentials that were brought for upstreams, a page at a time, in the order in which they are tried"),
    )
    .post(
      path,
      ({ request }) =>
        managed(
          services,
          request,
          "POST /api/v1/byok",
          async ({ actor, body }) => {
            const { credential, change } = newUpstreamKey(body, await canonicalNames(services))
            const provider = providerFor(services.pipeline.snapshot(), change.provider)
            const id = newId()
            const asked = { ...change, provider, ...(await sealed(id, credential)) }
            await directory.change(actor, () => addUpstreamKey(directory, asked, { keys }, { newId: () => id }))
            return shown(id)
          },
          201,
        ),
      detail("Bring a credential for an upstream; it is sealed, and never shown again"),
    )
    .get(
      `${path}/:id`,
      ({ request, params }) => managed(services, request, "GET /api/v1/byok/:id", () => shown(params.id)),
      detail("A credential that was brought, without itself"),
    )
    .patch(
      `${path}/:id`,
      ({ request, params }) =>
        managed(services, request, "PATCH /api/v1/byok/:id", async ({ actor, body }) => {
          existing(directory, "upstream-key", params.id)
          const { credential, change } = upstreamKeyChange(body, await canonicalNames(services))
          const asked = credential === undefined ? change : { ...change, ...(await sealed(params.id, credential)) }
          await directory.change(actor, () => changeUpstreamKey(directory, params.id, asked, { keys }))
          return shown(params.id)
        }),
      detail(
        "Change a credential that was brought: what is absent stays, lists are replaced, null takes a restriction away",
      ),
    )
    .delete(
      `${path}/:id`,
      ({ request, params }) =>
        managed(services, request, "DELETE /api/v1/byok/:id", async ({ actor }) => {
          await directory.change(actor, () => removeUpstreamKey(directory, params.id))
          return { deleted: true }
        }),
      detail("Delete a credential that was brought"),
    )
}
