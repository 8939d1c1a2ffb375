import type { Config } from "../../config/config.ts"
import { conflict, type Look, type Patch, type Planned, patched, requireNamed } from "./change.ts"
import { organisationId } from "./ids.ts"
import type { Organisation } from "./types.ts"

type Configured = Pick<Config, "organisation" | "rateLimits">

/** How it is called where nobody has named it. */
const usualName = "signalbox"

/** Fields that the file may own, each with the place where it says so. */
const fileFields = {
  name: ["organisation.name", ({ organisation }: Configured) => organisation.name],
  limitNano: ["organisation.limit", ({ organisation }: Configured) => organisation.limitNano],
  // A window belongs to its limit.
  limitReset: [
    "organisation.limit_reset",
    ({ organisation }: Configured) => (organisation.limitNano === undefined ? undefined : organisation.limitReset),
  ],
  memberLimitNano: ["organisation.member_limit", ({ organisation }: Configured) => organisation.memberLimitNano],
  rates: ["rate_limits", ({ rateLimits }: Configured) => rateLimits.all],
} as const satisfies Partial<Record<keyof Organisation, readonly [string, (config: Configured) => unknown]>>

export interface OrganisationView {
  readonly body: Organisation
  /** Fields that are the file's, and read-only here. */
  readonly ofFile: readonly (keyof Organisation)[]
  readonly updatedAt?: number
}

const stored = (look: Look): Organisation =>
  look.get("organisation", organisationId)?.body ?? { name: usualName, limitReset: "monthly" }

/** As it counts now: what the file says goes before what is stored. */
export function organisationOf(look: Look, config: Configured): OrganisationView {
  const body: Record<string, unknown> = { ...stored(look) }
  const ofFile: (keyof Organisation)[] = []
  for (const [field, [, read]] of Object.entries(fileFields)) {
    const value = read(config)
    if (value === undefined) continue
    body[field] = value
    ofFile.push(field as keyof Organisation)
  }
  const updatedAt = look.get("organisation", organisationId)?.updatedAt
  return { body: body as unknown as Organisation, ofFile, ...(updatedAt === undefined ? {} : { updatedAt }) }
}

/** Throws `conflict` for what the file says. */
export function changeOrganisation(look: Look, change: Patch<Organisation>, config: Configured): Planned {
  for (const [field, [place, read]] of Object.entries(fileFields))
    if (change[field as keyof Organisation] !== undefined && read(config) !== undefined)
      throw conflict(`The configuration file says it (${place}). Change it there.`, place.split(".").at(-1))
  requireNamed(look, "access-list", change.accessListId, "access_list_id")
  requireNamed(look, "access-list", change.groupAccessListId, "group_access_list_id")
  requireNamed(look, "group", change.defaultGroupId, "default_group_id")
  const body = patched(stored(look), change)
  return { id: organisationId, steps: [{ kind: "organisation", id: organisationId, body }] }
}
