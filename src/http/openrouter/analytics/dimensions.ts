import { GatewayError } from "../../../contract/index.ts"
import type { UsageDimension, UsageValue } from "../../../ledger/usage/types.ts"
import type { HttpServices } from "../../services.ts"
import { projectIdOf, workspaceIdOf } from "../workspaces/id.ts"

export interface AnalyticsDimension {
  readonly label: string
  readonly dimension: UsageDimension
  /** A value for people; filters take the value itself. Absent: the same. */
  show?(value: string, services: HttpServices): string
  /** What a filter names, as the value that is kept. */
  read?(value: string): string
}

const plain = (label: string, dimension: UsageDimension): AnalyticsDimension => ({ label, dimension })

/** By what can be grouped and filtered, by name; `tag.<name>` besides. */
const dimensions: Readonly<Record<string, AnalyticsDimension>> = {
  model: plain("Model", "model"),
  requested_model: plain("Requested Model", "requestedModel"),
  provider: plain("Provider", "provider"),
  api_key_id: {
    ...plain("API Key", "key"),
    show: (id, { keys }) => keys.get(id)?.name ?? id,
    read: (id) => id.toLowerCase(),
  },
  user: {
    ...plain("User", "member"),
    show: (id, { directory }) => directory.get("member", id)?.body.email ?? id,
  },
  group: {
    ...plain("Group", "group"),
    show: (id, { directory }) => directory.get("group", id)?.body.name ?? id,
  },
  service_account: {
    ...plain("Service Account", "serviceAccount"),
    show: (id, { directory }) => directory.get("service-account", id)?.body.name ?? id,
  },
  workspace: {
    ...plain("Workspace", "project"),
    show: (id, { directory }) => directory.get("project", id)?.body.name ?? workspaceIdOf(id),
    read: projectIdOf,
  },
  app: plain("App", "app"),
  origin: plain("Origin", "origin"),
  title: plain("App Title", "title"),
  api_type: plain("API Type", "kind"),
  api: plain("API", "api"),
  is_byok: plain("BYOK", "byok"),
}

export const listedDimensions = Object.entries(dimensions)

function dimensionNamed(name: string): AnalyticsDimension | undefined {
  if (Object.hasOwn(dimensions, name)) return dimensions[name]
  const tag = /^(?:tag|extra)\.(.+)$/.exec(name)?.[1]
  return tag === undefined ? undefined : plain(name, `extra.${tag}`)
}

export const shownValue = (
  { show }: AnalyticsDimension,
  value: UsageValue | undefined,
  services: HttpServices,
): UsageValue => (value === null || value === undefined ? null : (show?.(value, services) ?? value))

/** Throws where there is none. */
export function knownDimension(name: string, param: string): AnalyticsDimension {
  const found = dimensionNamed(name)
  if (found) return found
  throw new GatewayError(
    "invalid_request",
    `There is no dimension "${name.slice(0, 100)}". GET /api/v1/analytics/meta lists those that there are.`,
    { param },
  )
}
