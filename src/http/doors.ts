import type { Config, RegionDoor } from "../config/config.ts"

/** By which door a request came in; those that came by no door with a region are not here. */
const entered = new WeakMap<Request, RegionDoor>()

/**
 * Notes the region of the listener, or else of the host name that the client called: the listener's address cannot be chosen from outside,
 * a name can. `Host` decides here and nowhere else, never who may do what; what a proxy says of other names is not believed.
 */
export function enter(request: Request, listener: RegionDoor | undefined, hosts: Config["server"]["hosts"]): void {
  const door = listener ?? byHost(request, hosts)
  if (door) entered.set(request, door)
}

function byHost(request: Request, hosts: Config["server"]["hosts"]): RegionDoor | undefined {
  const host = request.headers.get("host")
  if (host === null) return undefined
  const plain = doorBy(host, hosts)
  if (plain || !/[,@\s]/.test(host)) return plain
  // Several names, as two `Host` headers are read, or one with somebody's name in front: what was meant for a region stays there.
  const doors = host.split(/[,\s]+/).flatMap((one) => doorBy(one.slice(one.lastIndexOf("@") + 1), hosts) ?? [])
  return doors.find(({ strict }) => strict) ?? doors[0]
}

function doorBy(host: string, hosts: Config["server"]["hosts"]): RegionDoor | undefined {
  const name = host
    .replace(/:\d*$/, "")
    // The same name with the root's dot behind it.
    .replace(/\.+$/, "")
    .toLowerCase()
  return Object.hasOwn(hosts, name) ? hosts[name] : undefined
}

export const doorOf = (request: Request): RegionDoor | undefined => entered.get(request)

/** What the pipeline takes over from a request as it is. */
export function entryOf(request: Request): {
  readonly headers: Headers
  readonly signal: AbortSignal
  readonly url: string
  readonly door?: RegionDoor
} {
  const { headers, signal, url } = request
  const door = entered.get(request)
  return door === undefined ? { headers, signal, url } : { headers, signal, url, door }
}
