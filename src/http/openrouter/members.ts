import { Elysia } from "elysia"
import { membersFor } from "../../accounts/directory/members.ts"
import type { Member, Stored } from "../../accounts/directory/types.ts"
import { managed } from "../managed.ts"
import type { HttpServices } from "../services.ts"
import { pageOf } from "./page.ts"

/** `GET /api/v1/organization/members`. Members are changed with `/admin/members`. */
export const openrouterMembers = (services: HttpServices) =>
  new Elysia({ name: "openrouter members" }).get(
    "/api/v1/organization/members",
    ({ request }) =>
      managed(services, request, "GET /api/v1/organization/members", (by) =>
        pageOf(by.query, membersFor(services.directory, by), memberRow),
      ),
    { detail: { summary: "Members of the organisation, a page at a time", tags: ["OpenRouter"] } },
  )

/** OpenRouter has two roles: who may manage, and who may not. */
const roles = {
  owner: "org:admin",
  admin: "org:admin",
  member: "org:member",
  viewer: "org:member",
} as const satisfies {
  readonly [Role in Member["role"]]: string
}

const memberRow = ({ id, body }: Stored<"member">) => ({
  id,
  email: body.email,
  first_name: body.firstName ?? null,
  last_name: body.lastName ?? null,
  role: roles[body.role],
})
