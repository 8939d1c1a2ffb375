import { Elysia } from "elysia"
import type { KeyManager } from "../../../accounts/key-rules.ts"
import { changeKey, keyFor, keysFor, makeKey, removeKey } from "../../../accounts/managed-keys.ts"
import type { Principal } from "../../../accounts/principal.ts"
import { GatewayError } from "../../../contract/index.ts"
import { documented } from "../../documented.ts"
import { QueryReader } from "../../fields/query.ts"
import { keyRoom } from "../../key-room.ts"
import { managed } from "../../managed.ts"
import type { HttpServices } from "../../services.ts"
import { withoutConflict } from "../without-conflict.ts"
import { workspaceIdOf } from "../workspaces/id.ts"
import { fieldNames, keyChangeOf, newKeyOf, projectNamed } from "./body.ts"
import { keyRow } from "./row.ts"

const detail = documented("OpenRouter")

/** `/api/v1/keys`: inference keys. Management keys are made with `/admin/keys` and are as good as unknown here. */
export const openrouterKeys = (services: HttpServices) => {
  const path = "/api/v1/keys"
  const row = (key: Principal) => keyRow(services, key)
  const find = (by: KeyManager, hash: string) => {
    const key = keyFor(keyRoom(services), by, hash)
    if (key.kind === "inference") return key
    throw new GatewayError("not_found", "There is no such key.")
  }
  return new Elysia({ name: "openrouter keys" })
    .get(
      path,
      ({ request }) =>
        managed(services, request, "GET /api/v1/keys", (by) => ({ data: pageOf(services, by, by.query).map(row) })),
      detail("Inference keys, newest first, a hundred from `offset` on"),
    )
    .post(
      path,
      ({ request }) =>
        managed(
          services,
          request,
          "POST /api/v1/keys",
          async (by) => {
            const asked = newKeyOf(services.directory, by.body)
            const { token, principal } = await withoutConflict(() => makeKey(keyRoom(services), by, asked, fieldNames))
            // What a partner made it knows, and is never told (openrouter.ai/docs, create-keys: `external.api_key`).
            return { data: row(principal), key: asked.token === undefined ? token : "" }
          },
          201,
        ),
      detail("Make an inference key; `key` is in this answer only"),
    )
    .get(
      `${path}/:hash`,
      ({ request, params }) =>
        managed(services, request, "GET /api/v1/keys/:hash", (by) => ({ data: row(find(by, params.hash)) })),
      detail("An inference key"),
    )
    .patch(
      `${path}/:hash`,
      ({ request, params }) =>
        managed(services, request, "PATCH /api/v1/keys/:hash", async (by) => {
          const { keyId } = find(by, params.hash)
          const change = keyChangeOf(by.body)
          return { data: row(await withoutConflict(() => changeKey(keyRoom(services), by, keyId, change, fieldNames))) }
        }),
      detail("Change an inference key: what is absent stays, null takes a limit away"),
    )
    .delete(
      `${path}/:hash`,
      ({ request, params }) =>
        managed(services, request, "DELETE /api/v1/keys/:hash", async (by) => {
          await withoutConflict(() => removeKey(keyRoom(services), by, find(by, params.hash).keyId))
          return { deleted: true }
        }),
      detail("Delete an inference key"),
    )
}

/** No documented size; a client that pages must know one, and OpenRouter's documentation speaks of a hundred. */
const pageSize = 100

function pageOf(services: HttpServices, by: KeyManager, query: URLSearchParams): readonly Principal[] {
  const read = new QueryReader(query)
  const withDisabled = read.flag("include_disabled") ?? false
  const offset = read.integer("offset", 0, Number.MAX_SAFE_INTEGER) ?? 0
  const workspace = read.text("workspace_id")
  const wanted = workspace === undefined ? undefined : workspaceIdOf(projectNamed(services.directory, workspace))
  return keysFor(keyRoom(services), by)
    .filter(({ kind, disabled }) => kind === "inference" && (withDisabled || !disabled))
    .filter(({ details }) => wanted === undefined || workspaceIdOf(details?.projectId) === wanted)
    .toReversed()
    .slice(offset, offset + pageSize)
}
