import type { ProviderSettings } from "signalbox/plugin"
import { type AzureSettings, refuse } from "./settings.ts"

/** Where an entry's routes are. */
export interface Addresses {
  /** `path` as OpenAI names it: `chat/completions`, `embeddings` … */
  url(path: string, deployment: string): string
  /** The routes with a deployment in their path and a dated version, of before the v1 API. */
  readonly isLegacy: boolean
  /** A Foundry project, which is stricter in places. */
  readonly isProject: boolean
}

const isDate = (version: string): boolean => /^\d{4}-\d{2}-\d{2}/.test(version)

/** What operators paste: a host, a project, the base of an SDK, or the whole address of a deployment's route. */
const split = (settings: ProviderSettings, { resource }: AzureSettings): URL => {
  const base = settings.baseUrl ?? `https://${resource}.openai.azure.com`
  if (!URL.canParse(base)) throw refuse(settings, "base_url", "must be an address with https://")
  const url = new URL(base)
  url.pathname = url.pathname.replace(/\/deployments\/.*$/, "").replace(/\/+$/, "")
  return url
}

/** The path that the v1 routes hang on. A proxy's own version (`/v1` alone) is left as it is. */
const versioned = (path: string): string => {
  if (/\/v\d+$/.test(path)) return path
  return /\/openai$/.test(path) ? `${path}/v1` : `${path}/openai/v1`
}

/** The path before `/openai`, where the deployment routes begin. */
const legacyRoot = (path: string): string => path.replace(/\/v\d+$/, "").replace(/\/openai$/, "")

export const addressesOf = (settings: ProviderSettings, read: AzureSettings): Addresses => {
  const base = split(settings, read)
  const version = read.apiVersion ?? base.searchParams.get("api-version") ?? undefined
  const isLegacy = version !== undefined && isDate(version)
  const isProject = /\/api\/projects\//.test(base.pathname)
  const root = base.pathname === "/" ? "" : base.pathname
  const query = version === undefined ? "" : `?api-version=${encodeURIComponent(version)}`
  return {
    isLegacy,
    isProject,
    url: isLegacy
      ? (path, deployment) => {
          // A name of dots alone would climb out of its place in the path.
          const name = /^\.+$/.test(deployment) ? "-" : encodeURIComponent(deployment)
          return `${base.origin}${legacyRoot(root)}/openai/deployments/${name}/${path}${query}`
        }
      : (path) => `${base.origin}${versioned(root)}/${path}${query}`,
  }
}

/** The Messages API of a Foundry resource. */
export const foundryUrl = (settings: ProviderSettings, { resource }: AzureSettings): string => {
  const base = settings.baseUrl ?? `https://${resource}.services.ai.azure.com`
  if (!URL.canParse(base)) throw refuse(settings, "base_url", "must be an address with https://")
  const url = new URL(base)
  const path = url.pathname.replace(/\/+$/, "").replace(/\/messages$/, "")
  const root = /\/v\d+$/.test(path) ? path : `${/\/anthropic$/.test(path) ? path : `${path}/anthropic`}/v1`
  return `${url.origin}${root}/messages`
}
