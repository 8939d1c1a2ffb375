import { Elysia } from "elysia"
import {
  accessListFor,
  addAccessList,
  changeAccessList,
  removeAccessList,
} from "../../../../accounts/directory/access-lists.ts"
import { organisationId } from "../../../../accounts/directory/ids.ts"
import type { AccessList, Stored } from "../../../../accounts/directory/types.ts"
import { type FieldTable, flag, readFields, texts, wrong } from "../../../fields/fields.ts"
import { objectName } from "../../../fields/names.ts"
import { makingOf } from "../../../making.ts"
import { managed } from "../../../managed.ts"
import type { HttpServices } from "../../../services.ts"
import { noContent, told } from "../../reply.ts"

/** `/v1/manage/access-list`: which models keys, groups and the organisation may use. They are attached where those are. */
export const manageAccessLists = (services: HttpServices) => {
  const { directory } = services
  return new Elysia({ name: "requesty manage access lists" })
    .get(
      "/v1/manage/access-list",
      ({ request }) =>
        managed(services, request, "GET /v1/manage/access-list", () => ({
          access_lists: directory.list("access-list").map(row),
        })),
      told("Access lists"),
    )
    .post(
      "/v1/manage/access-list",
      ({ request }) =>
        managed(services, request, "POST /v1/manage/access-list", async (asked) => {
          const { name, ...rest }: Partial<AccessList> = readFields(asked.body, fields)
          if (name === undefined) throw wrong("name", "there: a name for people")
          const made = await directory.change(asked.actor, () =>
            addAccessList(directory, { name, ...rest }, makingOf(services)),
          )
          return { id: made.id }
        }),
      told("Make an access list"),
    )
    .get(
      "/v1/manage/access-list/:id",
      ({ request, params }) =>
        managed(services, request, "GET /v1/manage/access-list/:id", () => ({
          access_list: row(accessListFor(directory, params.id)),
        })),
      told("An access list"),
    )
    .patch(
      "/v1/manage/access-list/:id",
      ({ request, params }) =>
        managed(services, request, "PATCH /v1/manage/access-list/:id", async (asked) => {
          const change: Partial<AccessList> = readFields(asked.body, fields)
          await directory.change(asked.actor, () => changeAccessList(directory, params.id, change))
          return noContent()
        }),
      told("Change an access list; [] clears what it says of one kind of model"),
    )
    .delete(
      "/v1/manage/access-list/:id",
      ({ request, params }) =>
        managed(services, request, "DELETE /v1/manage/access-list/:id", async (asked) => {
          const force = asked.query.get("force") === "true"
          const keys = services.keys.list()
          await directory.change(asked.actor, () => removeAccessList(directory, params.id, { keys, force }))
          return noContent()
        }),
      told("Delete an access list; one that is attached with ?force=true only"),
    )
}

const fields: FieldTable = {
  name: ["name", objectName],
  auto_approve: ["autoApprove", flag],
  restricted: ["restricted", flag],
  chat: ["chat", texts],
  embedding: ["embedding", texts],
  image: ["image", texts],
  transcription: ["transcription", texts],
  speech: ["speech", texts],
}

const row = ({ id, body }: Stored<"access-list">) => ({
  id,
  name: body.name,
  organization_id: organisationId,
  auto_approve: body.autoApprove,
  restricted: body.restricted === true,
  chat: body.chat,
  embedding: body.embedding,
  image: body.image,
  transcription: body.transcription,
  speech: body.speech,
})
