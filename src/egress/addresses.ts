import { BlockList, isIP } from "node:net"

/**
 * Networks that nobody on the internet can be reached in: the gateway's own house, its cloud's metadata service, documentation, multicast
 * and the rest of IANA's special-purpose registries (iana.org/assignments/iana-ipv4-special-registry and its IPv6 twin).
 */
const notPublic = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.31.196.0/24",
  "192.52.193.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "192.175.48.0/24",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
  "::/128",
  "::1/128",
  // Addresses of IPv4 in IPv6 clothes: translated, tunnelled, compatible.
  "::/96",
  "64:ff9b::/96",
  "64:ff9b:1::/48",
  "100::/64",
  "2001::/23",
  "2001:db8::/32",
  "2002::/16",
  "3fff::/20",
  "5f00::/16",
  "fc00::/7",
  "fe80::/10",
  "fec0::/10",
  "ff00::/8",
]

/** `10.0.0.0/8` or a single address; undefined when it is neither. */
export function parseNetwork(text: string): { address: string; prefix: number; family: "ipv4" | "ipv6" } | undefined {
  const [address = "", bits] = text.split("/")
  const version = isIP(address)
  if (version === 0) return undefined
  const most = version === 4 ? 32 : 128
  const prefix = bits === undefined ? most : /^\d{1,3}$/.test(bits) ? Number(bits) : -1
  if (prefix < 0 || prefix > most) return undefined
  return { address, prefix, family: version === 4 ? "ipv4" : "ipv6" }
}

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList()
  for (const text of networks) {
    const network = parseNetwork(text)
    if (network) list.addSubnet(network.address, network.prefix, network.family)
  }
  return list
}

const forbidden = listOf(notPublic)

/** `::ffff:10.0.0.1` is 10.0.0.1, however it is spelled. */
function plain(address: string): string {
  const dotted = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (dotted) return dotted
  const hex = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/i.exec(address)
  if (!hex) return address
  const value = Number.parseInt(hex[1]!, 16) * 65_536 + Number.parseInt(hex[2]!, 16)
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join(".")
}

/** Decides which addresses may be called on a caller's word: public ones, and those that the operator allows. */
export function addressRule(allowed: readonly string[]): (address: string) => boolean {
  const exceptions = listOf(allowed)
  return (given) => {
    const address = plain(given)
    const version = isIP(address)
    if (version === 0) return false
    const family = version === 4 ? "ipv4" : "ipv6"
    return exceptions.check(address, family) || !forbidden.check(address, family)
  }
}
