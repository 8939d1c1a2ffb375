import type { WebSearchTool } from "../../contract/index.ts"

/** `example.com` with what is below it, `*.example.com`, `example.com/blog`. */
const fits = (rule: string, { hostname, pathname }: URL): boolean => {
  const [wanted = "", ...path] = rule
    .toLowerCase()
    .replace(/^https?:\/\//, "")
    .split("/")
  const host = wanted.replace(/^\*\./, "")
  const start = path.length === 0 ? "" : `/${path.join("/")}`.replace(/\/$/, "")
  const isBelow = hostname === host || hostname.endsWith(`.${host}`)
  return isBelow && (start === "" || pathname === start || pathname.toLowerCase().startsWith(`${start}/`))
}

const parse = (url: string): URL | undefined => {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  return parsed && /^https?:$/.test(parsed.protocol) ? parsed : undefined
}

/** Whether a page is one that the client lets its answer rest on; not every search backend keeps to its filters. */
export function isWelcome(url: string, { allowedDomains = [], blockedDomains = [] }: WebSearchTool): boolean {
  const page = parse(url)
  if (!page || blockedDomains.some((rule) => fits(rule, page))) return false
  return allowedDomains.length === 0 || allowedDomains.some((rule) => fits(rule, page))
}
