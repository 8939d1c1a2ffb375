import { Elysia } from "elysia"
import { requestyFace } from "../../dialects/faces/index.ts"
import { answer } from "../answer.ts"
import { authenticate } from "../auth.ts"
import type { HttpServices } from "../services.ts"
import { permissionsOf } from "./keys/permissions.ts"

/** `GET /v1/auth/check`: is this key good? Command lines ask it when they are set up. */
export const authCheck = (services: HttpServices) =>
  new Elysia({ name: "requesty auth check" }).get(
    "/v1/auth/check",
    ({ request }) =>
      answer(services, requestyFace, () => {
        const principal = authenticate(services.keys, request, "any")
        return {
          ok: true,
          id: principal.keyId,
          name: principal.name,
          kind: principal.kind,
          permissions: permissionsOf(principal),
        }
      }),
    { detail: { summary: "Is this key good?", tags: ["Requesty"] } },
  )
