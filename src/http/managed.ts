import { asGatewayError, GatewayError, isObject, type JsonObject } from "../contract/index.ts"
import { openrouterFace, requestyFace } from "../dialects/faces/index.ts"
import { isTooDeep, topLevel } from "../dialects/json-text/index.ts"
import { tooDeep } from "../pipeline/fields.ts"
import { answer } from "./answer.ts"
import { readBody } from "./body.ts"
import { queryOf } from "./fields/query.ts"
import { type Authorized, authorize } from "./rights/authorize.ts"
import type { ManagedRoute } from "./rights/routes.ts"
import type { HttpServices } from "./services.ts"

/** The largest one, and how long it may take to arrive. */
const bodyLimits = { bytes: 1024 * 1024, milliseconds: 10_000 }

/** A request of the management API that may be done. */
export interface Asked extends Authorized {
  readonly request: Request
  /** Empty where the request has no body. */
  readonly body: JsonObject
  readonly query: URLSearchParams
}

/**
 * A route of the management API: its right is looked up by its name, then its body is read, then the work is done. The face is the one of the
 * address: OpenRouter's below `/api/v1`, Requesty's everywhere else.
 */
export function managed(
  services: HttpServices,
  request: Request,
  route: ManagedRoute,
  work: (asked: Asked) => unknown,
  status = 200,
): Promise<Response> {
  const face = route.includes(" /api/v1/") ? openrouterFace : requestyFace
  return answer(
    services,
    face,
    async (requestId) => {
      const authorized = authorize(services, request, route, requestId)
      const body = await readObject(services, request)
      return work({ ...authorized, request, body, query: queryOf(request) })
    },
    status,
  )
}

/** The body of a request that calls no model. */
export const readObject = async ({ pipeline }: HttpServices, request: Request): Promise<JsonObject> =>
  request.body === null ? {} : parseObject(await readBody(request, bodyLimits, pipeline.deadlines))

/** An empty body is an empty object: clients send it with methods that have nothing to say. */
function parseObject(text: string): JsonObject {
  if (text.trim() === "") return {}
  if (isTooDeep(text)) throw tooDeep()
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (thrown) {
    throw new GatewayError("invalid_json", "The body is not valid JSON.", { cause: asGatewayError(thrown) })
  }
  if (!isObject(value)) throw new GatewayError("invalid_request", "The body must be a JSON object.")
  // Whoever looked at it on its way here may have believed the other one.
  const [twice] = topLevel(text)?.duplicates ?? []
  if (twice !== undefined)
    throw new GatewayError("invalid_request", `The field "${twice}" is there twice. Send it once.`, { param: twice })
  return value
}
