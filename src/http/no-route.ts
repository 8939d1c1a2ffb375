import { GatewayError } from "../contract/index.ts"
import { pathOf } from "./front.ts"

export interface KnownRoute {
  readonly method: string
  readonly path: string
}

/** Long enough for every path that is meant; the rest of a path that is an attack need not come back. */
const shownCharacters = 200

/** Why nothing answers here: another method would, another path would, or nothing. */
export function noRoute(request: Request, routes: readonly KnownRoute[]): { error: GatewayError; allow?: string } {
  const { method } = request
  const pathname = pathOf(request.url)
  const shown = pathname.slice(0, shownCharacters)
  const methods = [...new Set(routes.filter(({ path }) => matches(path, pathname)).map((route) => route.method))]
  if (methods.length > 0) {
    const allow = methods.join(", ")
    return { error: new GatewayError("method_not_allowed", `${shown} takes ${allow}, not ${method}.`), allow }
  }
  const meant = routes.find((route) => route.method === method && isMeant(route.path, pathname))
  const hint = meant ? ` Did you mean ${meant.path}? Check the base URL.` : ""
  return { error: new GatewayError("not_found", `There is no ${method} ${shown} here.${hint}`) }
}

function matches(path: string, pathname: string): boolean {
  const wanted = path.split("/")
  const given = pathname.replace(/\/$/, "").split("/")
  return wanted.length === given.length && wanted.every((part, index) => part.startsWith(":") || part === given[index])
}

/** `/chat/completions` or `/v1/v1/chat/completions` for `/v1/chat/completions`: a base URL with too little or too much. */
function isMeant(path: string, pathname: string): boolean {
  const given = pathname.replace(/\/$/, "")
  return given.length > 1 && (path.endsWith(given) || given.endsWith(path))
}
