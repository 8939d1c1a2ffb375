import { isLoopback } from "../config/loopback.ts"
import { originalOf } from "./came-from.ts"

/** What proxies add to a request that came from elsewhere. */
const ofProxies = ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via"]

/**
 * Whether somebody on this machine asks, where only this machine can reach the listener. A proxy on it brings requests of others, and a page
 * of the web may have a name that leads here (DNS rebinding): it is then called by that name.
 */
export function isFromHere(request: Request): boolean {
  const { headers } = originalOf(request)
  if (ofProxies.some((name) => headers.has(name))) return false
  const host = headers.get("host")
  if (host === null) return true
  const name = host.replace(/:\d*$/, "").replace(/^\[|\]$/g, "")
  return isLoopback(name.toLowerCase())
}
