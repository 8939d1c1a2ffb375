import { defaultProject } from "../../store/account-ids.ts"
import type { Principal } from "../principal.ts"
import { existing, invalid, type Look, type Making, type Patch, type Planned, patched, requireNamed } from "./change.ts"
import { projectOf } from "./projects.ts"
import type { Stored, UpstreamKey } from "./types.ts"

/** What a credential is sealed for: one that is copied to another place does not open there. */
export const upstreamKeyPurpose = (id: string): string => `upstream-key/${id}`

/** What may be asked of one: absent stays, null takes away. The credential comes sealed, with the label that is left of it. */
export type UpstreamKeyChange = Patch<Omit<UpstreamKey, "provider">>

export interface NewUpstreamKey extends UpstreamKeyChange {
  readonly provider: string
  readonly sealed: string
  readonly label: string
}

/** What else the rules ask. */
export interface UpstreamKeyRules {
  readonly keys: { get(id: string): Principal | undefined }
}

/** Those that requests of a project may use, or all; of each provider in the order in which they are tried. */
export const upstreamKeysFor = (look: Look, projectId?: string): readonly Stored<"upstream-key">[] =>
  look
    .list("upstream-key")
    .filter(({ body }) => projectId === undefined || body.projectId === undefined || body.projectId === projectId)
    .toSorted(byOrder)

export const byOrder = ({ body: one }: Stored<"upstream-key">, { body: other }: Stored<"upstream-key">): number =>
  one.provider === other.provider ? one.sortOrder - other.sortOrder : one.provider < other.provider ? -1 : 1

/** A new one is the last of its provider. */
export function addUpstreamKey(
  look: Look,
  asked: NewUpstreamKey,
  rules: UpstreamKeyRules,
  { newId }: Pick<Making, "newId">,
): Planned {
  const { provider, sealed, label, ...rest } = asked
  const before: UpstreamKey = { provider, sealed, label, isFallback: false, sortOrder: nextPlace(look, provider) }
  // Undefined: who makes it without a word on that means the project that is always there.
  const projectId = rest.projectId === undefined ? defaultProject : rest.projectId
  if (projectId !== null && !projectOf(look, projectId))
    throw invalid("workspace_id", `There is no workspace "${projectId.slice(0, 200)}".`)
  return planned(look, newId(), before, { ...rest, projectId }, rules)
}

export const changeUpstreamKey = (
  look: Look,
  id: string,
  change: UpstreamKeyChange,
  rules: UpstreamKeyRules,
): Planned => planned(look, id, existing(look, "upstream-key", id).body, change, rules)

export function removeUpstreamKey(look: Look, id: string): Planned {
  existing(look, "upstream-key", id)
  return { id, steps: [{ kind: "upstream-key", id }] }
}

const nextPlace = (look: Look, provider: string): number =>
  Math.max(
    -1,
    ...look.list("upstream-key").flatMap(({ body }) => (body.provider === provider ? [body.sortOrder] : [])),
  ) + 1

function planned(
  look: Look,
  id: string,
  before: UpstreamKey,
  change: UpstreamKeyChange,
  { keys }: UpstreamKeyRules,
): Planned {
  for (const [index, keyId] of (change.allowedKeyIds ?? []).entries())
    if (keys.get(keyId)?.kind !== "inference")
      throw invalid(`allowed_api_key_hashes[${index}]`, `There is no inference key "${keyId.slice(0, 200)}".`)
  for (const [index, memberId] of (change.allowedMemberIds ?? []).entries())
    requireNamed(look, "member", memberId, `allowed_user_ids[${index}]`)
  const body = patched<UpstreamKey>(before, change)
  if (body.isFallback && body.isOnly === true)
    throw invalid("is_byok_only", "What is tried after the provider's own credentials cannot stand in place of them.")
  return { id, steps: [{ kind: "upstream-key", id, body }] }
}
