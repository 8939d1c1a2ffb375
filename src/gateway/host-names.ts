import type { Config } from "../config/config.ts"

/**
 * What editors' extensions make other names of: Roo Code and Cline look for pages and management by writing `app` or `api` for the first
 * `router` of a base URL, and by taking its first `v1` away, wherever in the address they are.
 */
const mangled = ["router", "v1"]

/** Names by which this gateway is called and that such clients would not find again, in words. */
export function mangledHosts({ server }: Pick<Config, "server">): readonly string[] {
  const { publicUrl, hosts } = server
  const named = publicUrl !== undefined && URL.canParse(publicUrl) ? [new URL(publicUrl).host] : []
  return [...new Set([...named, ...Object.keys(hosts)])].flatMap((host) => {
    const found = mangled.find((word) => host.toLowerCase().includes(word))
    return found === undefined
      ? []
      : [
          `the host name "${host}" has "${found}" in it: Roo Code, Cline and Requesty's command line would look for sign-in and management under another name; use a host name without it`,
        ]
  })
}
