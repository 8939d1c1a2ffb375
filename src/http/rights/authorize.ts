import type { Actor } from "../../accounts/audit/audit.ts"
import { manageLevel } from "../../accounts/key-rules.ts"
import type { Principal } from "../../accounts/principal.ts"
import { isWriting, type Reach, type Right, type Role, rights } from "../../accounts/rights/rights.ts"
import { ownerProblem } from "../../accounts/standing/problem.ts"
import { GatewayError } from "../../contract/index.ts"
import { authenticate } from "../auth.ts"
import { originalOf } from "../came-from.ts"
import type { HttpServices } from "../services.ts"
import { type ManagedRoute, routeRights } from "./routes.ts"

/** Who asks, how far it may go, and what the audit log says of it. */
export interface Authorized {
  readonly by: Principal
  /** `own`: only what belongs to `memberId`. */
  readonly reach: Exclude<Reach, "none">
  /** The member that the key belongs to. */
  readonly memberId?: string
  readonly role: Role
  readonly actor: Actor
}

/** The one place where a management route is opened. Throws the refusal. */
export function authorize(
  services: HttpServices,
  request: Request,
  route: ManagedRoute,
  requestId?: string,
): Authorized {
  const by = authenticate(services.keys, request, "any")
  return authorized(services, request, by, routeRights[route], requestId)
}

/** The same for a key that is known already. */
export function authorized(
  services: HttpServices,
  request: Request,
  by: Principal,
  right: Right,
  requestId?: string,
): Authorized {
  const level = manageLevel(by)
  if (level === "none")
    throw new GatewayError(
      "wrong_key_kind",
      // The words of both APIs: Requesty's in front, OpenRouter's at the end.
      `API key does not have manage permissions: manage ${isWriting(right) ? "write" : "read"} permission required. This is an inference key; it cannot manage. Only management keys can perform this operation.`,
    )
  if (level === "read" && isWriting(right))
    throw new GatewayError("forbidden", "manage write permission required: this key may only read.")
  const standing = services.standings.of(by)
  const problem = ownerProblem(by, standing)
  if (problem) throw problem
  const { member } = standing
  const role = member?.role ?? by.details?.role ?? "owner"
  const reach = rights[right][role]
  if (reach === "none")
    throw new GatewayError("forbidden", `The role "${role}" of this key does not have the right "${right}".`)
  const userAgent = request.headers.get("user-agent")
  const address = services.addressOf(originalOf(request))
  return {
    by,
    reach,
    role,
    ...(member ? { memberId: member.id } : {}),
    actor: {
      keyId: by.keyId,
      name: by.name,
      ...(member ? { memberId: member.id } : {}),
      ...(address === undefined ? {} : { address }),
      ...(userAgent === null ? {} : { userAgent }),
      ...(requestId === undefined ? {} : { requestId }),
    },
  }
}
