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
  if (url.indexOf("//", schemeLength) < 0 && !isMisplaced(url)) return request
  const path = pathOf(url)
  const single = withVersion(path.replace(/\/{2,}/g, "/"))
  const search = url.slice(url.indexOf("/", schemeLength) + path.length)
  return single === path ? request : noteOriginal(new Request(`http://localhost${single}${search}`, request), request)
}

const versionFirst = /^\/(?:chat\/completions|completions|embeddings|messages|models|responses)(?=\/|$)/

/** Whether a path may be one that `withVersion` changes, by a look at its first letters. */
function isMisplaced(url: string): boolean {
  const start = url.indexOf("/", schemeLength)
  return url[start + 1] === "v" ? url.startsWith("/v1/v1/", start) : versionFirst.test(pathOf(url))
}

/**
 * Clients put addresses together in their own ways: of a base without `/v1` Roo Code makes `/v1/models` and `/chat/completions`, of one
 * that ends in `/v1/` it makes `/v1/v1/models`.
 */
const withVersion = (path: string): string =>
  path.startsWith("/v1/v1/") ? path.slice("/v1".length) : versionFirst.test(path) ? `/v1${path}` : path

/** Not by `URL`: it throws for a host that the runtime lets pass. */
export function pathOf(url: string): string {
  const question = url.indexOf("?")
  return url.slice(url.indexOf("/", schemeLength), question < 0 ? undefined : question)
}

/** The two APIs that web applications call, as they call OpenRouter's; managing and metrics are not for pages. */
const forPages = /^\/(?:(?:api\/)?v1|v1beta)\//

/** How long a browser may remember the answer to its question, seconds; Chrome's own upper limit is 7200. */
const rememberSeconds = "7200"

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
  if (response.ok && !headers.has("authorization") && !headers.has("x-api-key") && !headers.has("x-goog-api-key"))
    return response
  response.headers.set("access-control-allow-origin", "*")
  response.headers.set("access-control-expose-headers", "*")
  return response
}
