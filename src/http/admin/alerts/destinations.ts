import { Elysia } from "elysia"
import {
  addDestination,
  changeDestination,
  type DestinationChange,
  removeDestination,
} from "../../../accounts/alerts/manage.ts"
import type { Destination, DestinationState } from "../../../accounts/alerts/types.ts"
import { GatewayError } from "../../../contract/index.ts"
import { documented } from "../../documented.ts"
import { type FieldTable, orNull, type Read, readFields, text, wrong } from "../../fields/fields.ts"
import { managed } from "../../managed.ts"
import type { HttpServices } from "../../services.ts"
import { timeOrNull } from "../../shown.ts"
import { pageOf } from "../paging.ts"
import { alertDesk } from "./desk.ts"

const detail = documented("Admin")

/** A short one could be guessed from what it signs. */
const secret: Read<string> = (value, name) => {
  const found = text(value, name)
  if (found.length >= 16 && found.length <= 1000) return found
  throw wrong(name, "a text of 16 to 1000 characters")
}

const fields: FieldTable = {
  name: ["name", text],
  notifier: ["notifier", text],
  url: ["url", text],
  secret: ["secret", orNull(secret)],
}

/** `/admin/alert-destinations`: who can be told. Addresses and secrets go in and never come out again. */
export const adminAlertDestinations = (services: HttpServices) => {
  const { alerts } = services
  const desk = alertDesk(services)
  const one = async (id: string) => {
    const destination = alerts.destinations().find((destination) => destination.id === id)
    if (!destination) throw new GatewayError("not_found", "There is no such alert destination.")
    return { data: destinationRow(destination, (await alerts.recorded.states()).get(id)) }
  }
  return new Elysia({ name: "admin alert destinations" })
    .get(
      "/admin/alert-destinations",
      ({ request }) =>
        managed(services, request, "GET /admin/alert-destinations", async ({ query }) => {
          const states = await alerts.recorded.states()
          return pageOf(query, alerts.destinations(), (each) => destinationRow(each, states.get(each.id)))
        }),
      detail("Who can be told: notifier, host, how the last messages went"),
    )
    .post(
      "/admin/alert-destinations",
      ({ request }) =>
        managed(
          services,
          request,
          "POST /admin/alert-destinations",
          async ({ body, actor }) =>
            one(await addDestination(desk, readFields(body, fields) as DestinationChange, actor)),
          201,
        ),
      detail("Add a destination: slack, teams, webhook, or a plugin's notifier"),
    )
    .get(
      "/admin/alert-destinations/:id",
      ({ request, params }) => managed(services, request, "GET /admin/alert-destinations/:id", () => one(params.id)),
      detail("A destination"),
    )
    .patch(
      "/admin/alert-destinations/:id",
      ({ request, params }) =>
        managed(services, request, "PATCH /admin/alert-destinations/:id", async ({ body, actor }) => {
          await changeDestination(desk, params.id, readFields(body, fields) as DestinationChange, actor)
          return one(params.id)
        }),
      detail("Change a destination"),
    )
    .delete(
      "/admin/alert-destinations/:id",
      ({ request, params }) =>
        managed(services, request, "DELETE /admin/alert-destinations/:id", async ({ actor }) => {
          await removeDestination(desk, params.id, actor)
          return { deleted: true }
        }),
      detail("Delete a destination that no alert is sent to"),
    )
    .post(
      "/admin/alert-destinations/:id/test",
      ({ request, params }) =>
        managed(services, request, "POST /admin/alert-destinations/:id/test", async ({ actor }) => {
          const { ok, status, answer, error } = await alerts.test(params.id)
          const after = { ok, status: status ?? null, error: error ?? null }
          const entry = { action: "test", kind: "alert-destination", id: params.id, before: null, after }
          await services.audit.note(entry, actor)
          return { data: { ...after, answer: answer ?? null } }
        }),
      detail("Send a marked test alert at once, and tell what the receiver answered"),
    )
}

const destinationRow = (destination: Destination, state: DestinationState = {}) => ({
  id: destination.id,
  source: destination.source,
  name: destination.name,
  notifier: destination.notifier,
  host: destination.host,
  has_secret: destination.hasSecret,
  last_success_at: timeOrNull(state.lastSuccessAt),
  last_failure_at: timeOrNull(state.lastFailureAt),
  last_error: state.lastError ?? null,
  created_at: timeOrNull(destination.createdAt),
  updated_at: timeOrNull(destination.updatedAt),
})
