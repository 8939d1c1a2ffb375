import { GatewayError } from "../contract/index.ts"
import { sniff } from "../dialects/body/sniff.ts"
import { unescaped } from "../dialects/body/unescaped.ts"
import { collect } from "./collect.ts"
import { pin } from "./pin.ts"

export interface EgressLimits {
  readonly bytes: number
  readonly milliseconds: number
  /** Networks that may be called though they are not public. */
  readonly allow: readonly string[]
}

export interface EgressParts {
  readonly fetch: typeof fetch
  /** All addresses of a host name. */
  readonly resolve: (host: string) => Promise<readonly string[]>
  readonly limits: () => EgressLimits
}

export interface FetchedFile {
  readonly bytes: Uint8Array
  /** By the bytes themselves; where they have no mark, as the server says. Lower case, without parameters. */
  readonly mime: string
  readonly name: string
}

/** Fetches a file that a caller named by its address. `param` is the field that holds it, for the refusal. */
export type GuardedFetch = (url: string, param: string, signal: AbortSignal) => Promise<FetchedFile>

const mostRedirects = 3

const refuse = (param: string, message: string, cause?: unknown): GatewayError =>
  new GatewayError("invalid_request", message, { param, ...(cause === undefined ? {} : { cause }) })

/**
 * The one way to an address that a caller names: only over https (plain http where the operator allows the network), only to
 * addresses that are public or allowed, of which one is pinned for the connection so that a name cannot change its mind between the
 * look and the call; every hop of a redirect is looked at again; size and time are limited; no header of the caller or of the
 * gateway goes along.
 */
export function createGuardedFetch(parts: EgressParts): GuardedFetch {
  return async (given, param, signal) => {
    const limits = parts.limits()
    const late = AbortSignal.timeout(limits.milliseconds)
    const stop = AbortSignal.any([signal, late])
    try {
      let url = parse(given, param)
      for (let hop = 0; hop <= mostRedirects; hop++) {
        const response = await call(parts, url, param, limits, stop)
        const location = isRedirect(response.status) ? response.headers.get("location") : null
        if (location === null) return await file(response, url, param, limits)
        await response.body?.cancel()
        const next = URL.canParse(location, url) ? new URL(location, url) : undefined
        if (!next) throw refuse(param, `${shown(url)} redirects to an address that cannot be read.`)
        url = parse(next.href, param)
      }
      throw refuse(param, `${shown(given)} redirects more than ${mostRedirects} times.`)
    } catch (thrown) {
      if (GatewayError.is(thrown)) throw thrown
      if (signal.aborted) throw signal.reason
      const why = late.aborted ? `did not answer within ${limits.milliseconds / 1000} seconds` : "cannot be fetched"
      throw refuse(param, `The file at ${shown(given)} ${why}. Check the address, or send the file as base64.`, thrown)
    }
  }
}

const isRedirect = (status: number) => status >= 300 && status < 400 && status !== 304

function parse(given: string, param: string): URL {
  const url = URL.parse(given)
  if (!url) throw refuse(param, "This is no valid URL. Send an https:// address, or the file as base64.")
  if (url.protocol !== "https:" && url.protocol !== "http:")
    throw refuse(
      param,
      `Addresses with ${url.protocol} are not fetched. Send an https:// address, or the file as base64.`,
    )
  if (url.username !== "" || url.password !== "")
    throw refuse(param, "An address with a password in it is not fetched.")
  return url
}

async function call(
  parts: EgressParts,
  url: URL,
  param: string,
  limits: EgressLimits,
  signal: AbortSignal,
): Promise<Response> {
  const pinned = await pin(url, parts.resolve, limits.allow)
  if (!pinned)
    throw refuse(param, `${shown(url)} leads to an address that is not public, which the gateway does not fetch.`)
  if (url.protocol === "http:" && !pinned.isException)
    throw refuse(param, `${shown(url)} is not encrypted. Send an https:// address, or the file as base64.`)
  const headers = { host: pinned.host, accept: "*/*", "user-agent": "signalbox" }
  return parts.fetch(pinned.href, { ...pinned.init, headers, signal })
}

async function file(response: Response, url: URL, param: string, limits: EgressLimits): Promise<FetchedFile> {
  if (!response.ok) {
    await response.body?.cancel()
    throw refuse(param, `The file at ${shown(url)} was answered with status ${response.status}.`)
  }
  const bytes = await read(response, url, param, limits)
  const declared = response.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase()
  const name = unescaped(url.pathname.split("/").at(-1) ?? "")
  return { bytes, mime: sniff(bytes) ?? declared ?? "application/octet-stream", name: name === "" ? "file" : name }
}

async function read(response: Response, url: URL, param: string, limits: EgressLimits): Promise<Uint8Array> {
  const tooLarge = () => refuse(param, `The file at ${shown(url)} is larger than ${limits.bytes} bytes (egress.bytes).`)
  if (Number(response.headers.get("content-length") ?? 0) > limits.bytes) {
    await response.body?.cancel()
    throw tooLarge()
  }
  return collect(response, limits.bytes, tooLarge)
}

/** Without its query: signed addresses carry secrets there. */
function shown(url: URL | string): string {
  const parsed = typeof url === "string" ? URL.parse(url) : url
  return parsed ? `${parsed.protocol}//${parsed.host}${parsed.pathname}`.slice(0, 200) : "the address"
}
