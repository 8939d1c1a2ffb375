import type { NewUpstreamKey, UpstreamKeyChange } from "../../../accounts/directory/upstream-keys.ts"
import type { JsonObject } from "../../../contract/index.ts"
import {
  type FieldTable,
  flag,
  integer,
  orNull,
  type Read,
  readFields,
  shortText,
  text,
  texts,
  wrong,
} from "../../fields/fields.ts"
import { projectIdOf } from "../workspaces/id.ts"

/** Longest credential: some are whole documents. */
const longest = 16_384

/** It goes into a header. */
const credential: Read<string> = (value, name) => {
  const said = text(value, name).trim()
  if (said.length <= longest && /^[\x20-\x7e]+$/.test(said)) return said
  throw wrong(name, "the credential as the provider gave it: one line of plain characters")
}

const names: Read<readonly string[]> = (value, name) => {
  const list = texts(value, name)
  if (list.length === 0) throw wrong(name, "a list of at least one, or null for no restriction")
  return [...new Set(list.map((item) => item.trim()))]
}

const place: Read<number> = (value, name) => {
  const number = integer(value, name)
  if (number >= 0) return number
  throw wrong(name, "a whole number from 0 up")
}

const changeable: FieldTable = {
  key: ["key", credential],
  name: ["name", orNull(shortText(200))],
  disabled: ["disabled", flag],
  is_fallback: ["isFallback", flag],
  is_required: ["isRequired", flag],
  is_byok_only: ["isOnly", flag],
  declared_zdr: ["declaredZdr", orNull(flag)],
  sort_order: ["sortOrder", place],
  allowed_models: ["allowedModels", orNull(names)],
  allowed_api_key_hashes: ["allowedKeyIds", orNull(names)],
  allowed_user_ids: ["allowedMemberIds", orNull(names)],
}

/** What was asked, with the credential apart, which is sealed before anybody else sees it. */
interface Asked<Change, Credential> {
  readonly credential: Credential
  readonly change: Change
}

type NewFields = Omit<NewUpstreamKey, "sealed" | "label">

function take(body: JsonObject, fields: FieldTable, canonical: (name: string) => string) {
  const { key, ...change } = readFields(body, fields)
  if (Array.isArray(change.allowedModels))
    change.allowedModels = [...new Set((change.allowedModels as string[]).map(canonical))]
  return { credential: key as string | undefined, change }
}

/** `canonical`: the name by which a model is known everywhere. */
export function newUpstreamKey(body: JsonObject, canonical: (name: string) => string): Asked<NewFields, string> {
  // OpenRouter's clients cannot make one for all workspaces; null does here.
  const fields: FieldTable = { ...changeable, provider: ["provider", text], workspace_id: ["workspace", orNull(text)] }
  const { credential, change } = take(body, fields, canonical)
  const { workspace, ...rest } = change as Record<string, unknown> & { readonly workspace?: string | null }
  if (rest.provider === undefined) throw wrong("provider", "there: the provider that the credential is for")
  if (credential === undefined) throw wrong("key", "there: the credential")
  const projectId = typeof workspace === "string" ? projectIdOf(workspace) : workspace
  return { credential, change: { ...rest, ...(projectId === undefined ? {} : { projectId }) } as NewFields }
}

export const upstreamKeyChange = (
  body: JsonObject,
  canonical: (name: string) => string,
): Asked<UpstreamKeyChange, string | undefined> =>
  take(body, changeable, canonical) as Asked<UpstreamKeyChange, string | undefined>

/** What is left of a credential for people: enough to tell it from others, and never much of a short one. */
export function labelOf(credential: string): string {
  const shown = Math.min(4, Math.floor(credential.length / 8))
  return shown === 0 ? "…" : `${credential.slice(0, shown)}…${credential.slice(-shown)}`
}
