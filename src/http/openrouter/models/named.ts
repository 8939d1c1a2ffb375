import { GatewayError } from "../../../contract/index.ts"
import { unescaped } from "../../../dialects/body/unescaped.ts"
import { pathOf } from "../../front.ts"

/** The name between a prefix and a suffix of the address; names may hold slashes, which some clients escape and some do not. */
export function nameIn(request: Request, prefix: string, suffix = ""): string | undefined {
  const path = pathOf(request.url).replace(/\/$/, "")
  if (!path.startsWith(prefix) || !path.endsWith(suffix)) return undefined
  const name = path.slice(prefix.length, path.length - suffix.length)
  return name === "" ? undefined : unescaped(name)
}

/** As OpenRouter answers: this is no request that names a model, but an address at which there is nothing. */
export const noModel = (name: string | undefined): GatewayError =>
  new GatewayError(
    "not_found",
    `There is no model "${name ?? ""}" here that may be used. GET /api/v1/models lists them.`,
  )

/** `useful`: what the address probably should have been. */
export const noRoute = (request: Request, useful: string): GatewayError =>
  new GatewayError("not_found", `There is no GET ${pathOf(request.url).slice(0, 200)} here. Did you mean ${useful}?`)
