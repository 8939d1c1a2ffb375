import type { Endpoint } from "../../contract/index.ts"

const betas = (...lists: readonly (string | undefined)[]): string => {
  const all = lists.flatMap((list) => (list ?? "").split(",")).map((beta) => beta.trim())
  return [...new Set(all)].filter((beta) => beta !== "").join(",")
}

/**
 * The client's version instead of the usual one, since its body is written in that; its betas beside the configured ones. Nothing else of
 * a client is let through, whatever the host hands over.
 */
export const withForwarded = (endpoint: Endpoint, forwarded: Readonly<Record<string, string>>): Endpoint => {
  const version = forwarded["anthropic-version"]
  const beta = betas(endpoint.headers["anthropic-beta"], forwarded["anthropic-beta"])
  if (version === undefined && beta === "") return endpoint
  const headers: Record<string, string> = { ...endpoint.headers }
  if (version !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(version)) headers["anthropic-version"] = version
  if (beta !== "") headers["anthropic-beta"] = beta
  return { url: endpoint.url, headers }
}
