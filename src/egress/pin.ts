import { isIP } from "node:net"
import { addressRule } from "./addresses.ts"

/** One address of a name, to be called in the name's place. */
export interface Pinned {
  readonly href: string
  readonly host: string
  /** Not public; the operator allows its network. */
  readonly isException: boolean
  readonly init: RequestInit
}

/**
 * Looks where a name leads, and holds one address for the connection, so that the name cannot change its mind between the look and the call.
 * Undefined where it leads to an address that is neither public nor in a network of `allow`.
 */
export async function pin(
  url: URL,
  resolve: (host: string) => Promise<readonly string[]>,
  allow: readonly string[],
): Promise<Pinned | undefined> {
  const host = url.hostname.replace(/^\[|\]$/g, "")
  const literal = isIP(host) !== 0
  const addresses = literal ? [host] : await resolve(host)
  // One private address among public ones is how a name is made to lead inside.
  if (addresses.length === 0 || !addresses.every(addressRule(allow))) return undefined
  const pinned = new URL(url)
  const address = addresses[0]!
  pinned.hostname = address.includes(":") ? `[${address}]` : address
  return {
    href: pinned.href,
    host: url.host,
    isException: !addresses.every(addressRule([])),
    init: {
      // A connection that is kept would be found again by its address, under another name.
      keepalive: false,
      redirect: "manual",
      // The certificate is the name's, not the address's.
      ...(literal ? {} : { tls: { serverName: host } }),
    } as RequestInit,
  }
}
