import { Elysia } from "elysia"
import type { KeyPatch } from "../../../../accounts/key-rules.ts"
import type { Principal } from "../../../../accounts/principal.ts"
import type { JsonObject } from "../../../../contract/index.ts"
import { requestyFace } from "../../../../dialects/faces/index.ts"
import { answer } from "../../../answer.ts"
import { authenticate } from "../../../auth.ts"
import { queryOf } from "../../../fields/query.ts"
import { type Asked, managed } from "../../../managed.ts"
import type { ManagedRoute } from "../../../rights/routes.ts"
import type { HttpServices } from "../../../services.ts"
import { wholeList } from "../../../whole-list.ts"
import { changeKey, createKey, deleteKey, keyNamed, visibleKeys } from "../../keys/change.ts"
import { manageRow } from "../../keys/rows.ts"
import { noContent, told } from "../../reply.ts"
import { keyUsage, oldKeyUsage, ownUsage } from "../../usage/answer.ts"
import { accessListWish, expiryWish, labelWish, limitWish } from "./changes.ts"
import { newKey } from "./new-key.ts"

type Params = { readonly id: string }

/** `/v1/manage/apikey`: Requesty's key management, as its command line calls it. */
export const manageKeys = (services: HttpServices) => {
  const named = (asked: Asked, params: Params) => keyNamed(services, asked, params.id)
  const own = (request: Request, work: (key: Principal) => unknown) =>
    answer(services, requestyFace, () => work(authenticate(services.keys, request, "any")))
  const create = (request: Request, route: ManagedRoute) =>
    managed(services, request, route, async (asked) => {
      const { token, principal } = await createKey(services, asked, newKey(asked.body), "manage")
      return { api_key_id: principal.keyId, api_key: token }
    })
  const change = (request: Request, route: ManagedRoute, { id }: Params, read: (body: JsonObject) => KeyPatch) =>
    managed(services, request, route, async (asked) => {
      await changeKey(services, asked, id, read(asked.body))
      return noContent()
    })
  return (
    new Elysia({ name: "requesty manage keys" })
      .get(
        "/v1/manage/apikey",
        ({ request }) =>
          managed(services, request, "GET /v1/manage/apikey", (asked) =>
            wholeList("keys", visibleKeys(services, asked), (key) => manageRow(services, key)),
          ),
        told("Keys, without their tokens"),
      )
      .post(
        "/v1/manage/apikey",
        ({ request }) => create(request, "POST /v1/manage/apikey"),
        told("Make a key; the token is in this answer only"),
      )
      // Of the first documentation.
      .put(
        "/v1/manage/apikey",
        ({ request }) => create(request, "PUT /v1/manage/apikey"),
        told("Make a key, as it was done before POST"),
      )
      .get(
        "/v1/manage/apikey/self",
        ({ request }) => own(request, (key) => manageRow(services, key)),
        told("The key that asks"),
      )
      .get(
        "/v1/manage/apikey/self/usage",
        ({ request }) => own(request, (key) => ownUsage(services, queryOf(request), key)),
        told("What the key that asks has used"),
      )
      .get(
        "/v1/manage/apikey/:id",
        ({ request, params }) =>
          managed(services, request, "GET /v1/manage/apikey/:id", (asked) => {
            const key = named(asked, params)
            return asked.query.has("start_date") ? oldKeyUsage(services, asked, key) : manageRow(services, key)
          }),
        told("A key"),
      )
      .delete(
        "/v1/manage/apikey/:id",
        ({ request, params }) =>
          managed(services, request, "DELETE /v1/manage/apikey/:id", async (asked) => {
            await deleteKey(services, asked, params.id)
            return noContent()
          }),
        told("Delete a key; it stops working at once"),
      )
      .get(
        "/v1/manage/apikey/:id/usage",
        ({ request, params }) =>
          managed(services, request, "GET /v1/manage/apikey/:id/usage", (asked) =>
            keyUsage(services, asked, named(asked, params)),
          ),
        told("What a key has used"),
      )
      .post(
        "/v1/manage/apikey/:id/limit",
        ({ request, params }) => change(request, "POST /v1/manage/apikey/:id/limit", params, limitWish),
        told("Change what a key may spend a month; 0 is no limit"),
      )
      .post(
        "/v1/manage/apikey/:id/label",
        ({ request, params }) => change(request, "POST /v1/manage/apikey/:id/label", params, labelWish),
        told("Give a key labels, in place of all that it had"),
      )
      .post(
        "/v1/manage/apikey/:id/expiry",
        ({ request, params }) => change(request, "POST /v1/manage/apikey/:id/expiry", params, expiryWish),
        told("Change when a key expires; null is never"),
      )
      .post(
        "/v1/manage/apikey/:id/access-list",
        ({ request, params }) => change(request, "POST /v1/manage/apikey/:id/access-list", params, accessListWish),
        told("Give a key an access list of its own, or take it away with null"),
      )
  )
}
