import { GatewayError } from "../../contract/index.ts"

/** Addresses are shown to people and written into headers: what is longer than this is no address that somebody reads. */
const longestAddress = 2_000

/** This machine, on any port. `URL` keeps the brackets. */
const ownHosts: readonly string[] = ["localhost", "127.0.0.1", "[::1]"]

/** As OpenRouter's: pages of the web over TLS, and programs on the person's own machine. */
export const isWebCallback = ({ protocol, hostname }: URL): boolean =>
  protocol === "https:" || (protocol === "http:" && ownHosts.includes(hostname))

/** Of a list like `sign_in.callback_schemes`: schemes (`vscode`), and origins without their port (`http://127.0.0.1`). */
export const isListedCallback =
  (listed: readonly string[]) =>
  ({ protocol, hostname }: URL): boolean =>
    listed.some((entry) =>
      entry.includes("://") ? entry.replace(/\/+$/, "") === `${protocol}//${hostname}` : `${entry}:` === protocol,
    )

/** Schemes that run or show something of the page that sends there. */
const neverCallbacks: readonly string[] = [
  "javascript:",
  "data:",
  "vbscript:",
  "blob:",
  "file:",
  "about:",
  "filesystem:",
]

/** Where a browser is sent after a decision. Throws what is wrong with it; nobody is sent anywhere then. */
export function readCallback(text: string, isAllowed: (url: URL) => boolean, param = "callback_url"): URL {
  const url = text.length <= longestAddress && URL.canParse(text) ? new URL(text) : undefined
  if (!url) throw wrongCallback(param, "is no address")
  if (url.username !== "" || url.password !== "") throw wrongCallback(param, "has a name or a password in it")
  if (neverCallbacks.includes(url.protocol) || !isAllowed(url))
    throw wrongCallback(param, "is none that browsers are sent to: https://…, or http://localhost on any port")
  return url
}

const wrongCallback = (param: string, what: string): GatewayError =>
  new GatewayError("invalid_request", `Invalid ${param}: it ${what}.`, { param })

/** The address with something added to its query. What it had stays as it was written. */
export function withParameters(callback: URL, parameters: Readonly<Record<string, string>>): string {
  const added = Object.entries(parameters).map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
  const next = new URL(callback)
  next.search = [next.search.replace(/^\?/, ""), ...added].filter((part) => part !== "").join("&")
  return next.href
}

/** Who is behind an address, for people: the host of a page, the scheme of a program. */
export const shownCallback = ({ protocol, host }: URL): string => (host === "" ? protocol.replace(/:$/, "") : host)

/**
 * What a page's `form-action` must have, because browsers hold a form's redirects against it as well. Its grammar knows no addresses in
 * brackets.
 */
export const formTarget = ({ protocol, host, hostname }: URL): string =>
  /^https?:$/.test(protocol) && !hostname.startsWith("[") ? `${protocol}//${host}` : protocol
