import { Elysia } from "elysia"
import { GatewayError, isObject, type JsonObject } from "../../contract/index.ts"
import { requestyFace } from "../../dialects/faces/index.ts"
import { answer } from "../answer.ts"
import { authenticate } from "../auth.ts"
import { type FieldTable, oneOf, type Read, readFields, text, wrong } from "../fields/fields.ts"
import { findFor } from "../log/find.ts"
import { readObject } from "../managed.ts"
import type { HttpServices } from "../services.ts"
import { told } from "./reply.ts"

/**
 * What clients say of answers, in both published forms: `/feedback/:id` with whatever is in `data`, and `/v1/feedback` with a rating. What was
 * said before stays where the new says nothing.
 */
export const feedback = (services: HttpServices) => {
  const put = (request: Request, read: (body: JsonObject) => Said) =>
    answer(services, requestyFace, async () => {
      const by = authenticate(services.keys, request, "any")
      const { id, data } = read(await readObject(services, request))
      // A key speaks of its own requests, a management key of those that it may.
      const found = await findFor(services, request, by, id, "feedback:write")
      if (!found) throw new GatewayError("not_found", `not found: there is no request "${id.slice(0, 100)}".`)
      return { request_id: id, data: await services.feedback.put(found.id, "any", data) }
    })
  const named = (request: Request, id: string) => put(request, (body) => ({ id, data: dataOf(body) }))
  return new Elysia({ name: "requesty feedback" })
    .post(
      "/feedback/:id",
      ({ request, params }) => named(request, params.id),
      told("What somebody thinks of an answer"),
    )
    .post("/v1/feedback/:id", ({ request, params }) => named(request, params.id), told("The same, behind a base URL"))
    .post("/v1/feedback", ({ request }) => put(request, rated), told("A rating of an answer"))
}

interface Said {
  /** Of the answer, or of its request. */
  readonly id: string
  readonly data: JsonObject
}

const data: Read<JsonObject> = (value, name) => {
  if (!isObject(value) || Object.keys(value).length === 0) throw wrong(name, 'an object like {"thumbs": "up"}')
  return value
}

function dataOf(body: JsonObject): JsonObject {
  const given: { readonly data?: JsonObject } = readFields(body, { data: ["data", data] })
  return given.data ?? data(undefined, "data")
}

const thumbs = { thumbs_up: "up", thumbs_down: "down" } as const

const fields: FieldTable = {
  request_id: ["id", text],
  rating: ["rating", oneOf("thumbs_up", "thumbs_down")],
  comment: ["comment", text],
}

/** The rating is kept under the name that the other form has for it. */
function rated(body: JsonObject): Said {
  const { id, rating, comment }: { id?: string; rating?: keyof typeof thumbs; comment?: string } = readFields(
    body,
    fields,
  )
  if (id === undefined) throw wrong("request_id", "there: the id of an answer")
  if (rating === undefined) throw wrong("rating", '"thumbs_up" or "thumbs_down"')
  return { id, data: { thumbs: thumbs[rating], ...(comment === undefined ? {} : { comment }) } }
}
