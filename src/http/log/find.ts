import type { Principal } from "../../accounts/principal.ts"
import type { Generation } from "../../contract/index.ts"
import { type Authorized, authorized } from "../rights/authorize.ts"
import type { HttpServices } from "../services.ts"

/** One of a key's own requests; of those that somebody sees in the log, for a management key. */
export function findFor(
  services: HttpServices,
  request: Request,
  by: Principal,
  id: string,
  right: "log:read" | "bodies:read" | "feedback:write" = "log:read",
): Promise<Generation | undefined> {
  if (by.kind !== "management") return services.findGeneration(id, by.keyId)
  return findSeen(services, authorized(services, request, by, right), id)
}

/** One of all requests, or of those of whoever asks. */
export async function findSeen(
  services: HttpServices,
  { reach, memberId }: Pick<Authorized, "reach" | "memberId">,
  id: string,
): Promise<Generation | undefined> {
  const found = await services.findGeneration(id, undefined)
  return reach === "all" || (memberId !== undefined && found?.owner?.member === memberId) ? found : undefined
}
