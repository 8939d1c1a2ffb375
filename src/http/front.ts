import type { Config, RegionDoor } from "../config/config.ts"
import { noteOriginal } from "./came-from.ts"
import { enter } from "./doors.ts"

type Handler = (request: Request) => Response | Promise<Response>

/**
 * What every request passes on its way to the routes: addresses that a router trips over, and web pages of other origins. A request of
 * an SDK on a server costs one look at its address and one at its headers here. `listener` is the region of the address that it came by.
 */
export function frontDoor(
  answer: Handler,
  hosts: Config["server"]["hosts"] = {},
): (request: Request, listener?: RegionDoor) => Response | Promise<Response> {
  const namesRegions = Object.keys(hosts).length > 0
  return (request, listener) => {
    const plain = withPlainPath(request)
    if (namesRegions || listener) enter(plain, listener, hosts)
    return request.headers.get("origin") === null ? answer(plain) : crossOrigin(plain, answer)
  }
}

/** Where the path begins at the earliest: behind `http://`. */
const schemeLength = 7

/**
 * `http://host:8080//v1/models` is what comes of a base URL that ends with a slash. And without a host that can be read (HTTP/1.0 checks
 * of load balancers send none) the runtime gives the path alone.
 */
function withPlainPath(request: Request): Request {
  const { url } = request
  if (url.startsWith("/")) return withPlainPath(noteOriginal(new Request(`http://localhost${url}`, request), request))
  if (url.indexOf("//", schemeLength) < 0 && !isMisplaced(url) && isDecodable(url)) return request
  const path = pathOf(url)
  const single = decodable(withVersion(path.replace(/\/{2,}/g, "/")))
  const search = url.slice(url.indexOf("/", schemeLength) + path.length)
  return single === path ? request : noteOriginal(new Request(`http://localhost${single}${search}`, request), request)
}

const isDecodable = (url: string): boolean =>
  url.indexOf("%", schemeLength) < 0 || decodable(pathOf(url)) === pathOf(url)

/** A path whose `%` are of no encoding means what it says: the router would take it, and give its routes null instead of a name. */
function decodable(path: string): string {
  try {
    decodeURIComponent(path)
    return path
  } catch {
    return path.replaceAll("%", "%25")
  }
}

const versionFirst = /^\/(?:chat\/completions|completions|embeddings|manage|messages|models|responses)(?=\/|$)/

/** What is in front of an address once too often, or where there should be nothing. */
const tooMuch = /^(?:(?:\/v1)+(?=\/(?:v1|x\/apikey|oauth\/authorize|settings)(?:\/|$))|\/anthropic(?=\/v1\/))/

/** First letters of what may follow a `/v1` that should not be there; no route that is asked often begins with them. */
const suspects = "voxs"

/** Whether a path may be one that `withVersion` changes, by a look at its first letters. */
function isMisplaced(url: string): boolean {
  const start = url.indexOf("/", schemeLength)
  if (url.startsWith("/v1/", start)) return suspects.includes(url[start + 4] ?? "-")
  if (url.startsWith("/api/", start)) return false
  const path = pathOf(url)
  return versionFirst.test(path) || tooMuch.test(path)
}

/**
 * Clients put addresses together in their own ways: of a base without `/v1` Roo Code makes `/v1/models` and `/chat/completions`, of one
 * that ends in `/v1/` it makes `/v1/v1/models` and `/v1/oauth/authorize`. Anthropic's format is also looked for below `/anthropic`, and the
 * oldest clients manage without a version.
 */
const withVersion = (path: string): string => {
  const rest = path.replace(tooMuch, "")
  return versionFirst.test(rest) ? `/v1${rest}` : rest
}

/** Not by `URL`: it throws for a host that the runtime lets pass. */
export function pathOf(url: string): string {
  const question = url.indexOf("?")
  return url.slice(url.indexOf("/", schemeLength), question < 0 ? undefined : question)
}

/** The two APIs that web applications call, as they call OpenRouter's; managing and metrics are not for pages. */
const forPages = /^\/(?:(?:api\/)?v1|v1beta)\//

/** How long a browser may remember the answer to its question, seconds; Chrome's own upper limit is 7200. */
const rememberSeconds = "7200"

/** Its credential is the code in the body, which no page has by itself either. */
const isExchange = ({ method, url }: Request): boolean => method === "POST" && pathOf(url) === "/api/v1/auth/keys"

/**
 * A key in a header is a credential that no page has by itself, so any origin may ask: it gets no further than its key. Without a key a page
 * sees refusals only: what is public on this machine (the list of models) is not public to every page that is open on it.
 */
async function crossOrigin(request: Request, answer: Handler): Promise<Response> {
  const { headers } = request
  if (!forPages.test(pathOf(request.url))) return answer(request)
  if (request.method === "OPTIONS" && headers.has("access-control-request-method")) {
    return new Response(null, {
      status: 204,
      headers: {
        "access-control-allow-origin": "*",
        "access-control-allow-methods": "GET, POST, PUT, PATCH, DELETE",
        // The wildcard would leave `authorization` out.
        "access-control-allow-headers": headers.get("access-control-request-headers") ?? "*",
        "access-control-max-age": rememberSeconds,
      },
    })
  }
  const response = await answer(request)
  if (
    response.ok &&
    !isExchange(request) &&
    !headers.has("authorization") &&
    !headers.has("x-api-key") &&
    !headers.has("x-goog-api-key")
  )
    return response
  response.headers.set("access-control-allow-origin", "*")
  response.headers.set("access-control-expose-headers", "*")
  return response
}
