import type { Look, Patch } from "../../../accounts/directory/change.ts"
import type { AskedKey, KeyFieldNames, KeyPatch } from "../../../accounts/key-rules.ts"
import type { KeyDetails, LimitReset } from "../../../accounts/principal.ts"
import { isObject, type JsonObject } from "../../../contract/index.ts"
import { flag, oneOf, orNull, type Read, readFields, text, wrong } from "../../fields/fields.ts"
import { money } from "../../fields/limits.ts"
import { time } from "../../fields/moments.ts"
import { objectName } from "../../fields/names.ts"
import { projectIdOf } from "../workspaces/id.ts"

/** What the rules' fields are called here. */
export const fieldNames: KeyFieldNames = {
  owner: "creator_user_id",
  creatorMemberId: "creator_user_id",
  projectId: "workspace_id",
}

/** Null is a limit that never starts anew. */
export const limitReset: Read<LimitReset> = (value, name) =>
  value === null ? "never" : oneOf("daily", "weekly", "monthly")(value, name)

/** Other zones are refused, as OpenRouter refuses them: what is meant would depend on the reader. */
export const utcTime: Read<number> = (value, name) => {
  const at = time(value, name)
  if (typeof value === "string" && /(?:z|[+-]00:00)$/i.test(value)) return at
  throw wrong(name, "in UTC, as in 2027-01-31T00:00:00Z")
}

const shortestToken = 32
/** Of a random token of that length there are more than twice as many. */
const fewestSigns = 10

/** A token that a partner made: as hard to guess as one of ours. */
const partnerToken: Read<string> = (value, name) => {
  const token = text(value, name)
  if (token.length >= shortestToken && /^[\x21-\x7e]+$/.test(token) && new Set(token).size >= fewestSigns) return token
  throw wrong(name, `at least ${shortestToken} random characters without spaces`)
}

const external: Read<{ readonly user: string; readonly token?: string }> = (value, name) => {
  if (!isObject(value)) throw wrong(name, "an object of user and api_key")
  const read = readFields(value, { user: ["user", text], api_key: ["token", partnerToken] }, `${name}.`)
  if (read.user === undefined) throw wrong(`${name}.user`, "there: whom the key is for")
  return read as { user: string; token?: string }
}

/** By id or slug; what is known by neither is given back, for the rules to refuse. */
export function projectNamed(directory: Pick<Look, "list">, workspace: string): string {
  const id = projectIdOf(workspace)
  return directory.list("project").find(({ body }) => body.slug === id)?.id ?? id
}

interface NewFields {
  readonly name?: string
  readonly limitNano?: number | null
  readonly limitReset?: LimitReset
  readonly includeByokInLimit?: boolean
  readonly expiresAtMs?: number | null
  readonly creator?: string | null
  readonly workspace?: string | null
  readonly external?: { readonly user: string; readonly token?: string } | null
}

export function newKeyOf(directory: Look, body: JsonObject): AskedKey {
  const read = readFields(body, {
    name: ["name", objectName],
    limit: ["limitNano", orNull(money)],
    limit_reset: ["limitReset", limitReset],
    include_byok_in_limit: ["includeByokInLimit", flag],
    expires_at: ["expiresAtMs", orNull(utcTime)],
    creator_user_id: ["creator", orNull(text)],
    workspace_id: ["workspace", orNull(text)],
    external: ["external", orNull(external)],
  }) as NewFields
  if (read.name === undefined) throw wrong("name", "there: a name for people")
  return {
    kind: "inference",
    name: read.name,
    limitReset: read.limitReset ?? "never",
    ...(read.limitNano == null ? {} : { limitNano: read.limitNano }),
    ...(read.expiresAtMs == null ? {} : { expiresAtMs: read.expiresAtMs }),
    ...(read.external?.token === undefined ? {} : { token: read.external.token }),
    details: detailsOf(directory, read),
  }
}

function detailsOf(
  directory: Look,
  { creator, workspace, external, includeByokInLimit }: NewFields,
): Patch<KeyDetails> {
  return {
    // The member who makes a key of an organisation is the one whose limits and guardrails hold for it.
    ...(creator == null ? {} : { owner: { kind: "member", id: creator }, creatorMemberId: creator }),
    ...(workspace == null ? {} : { projectId: projectNamed(directory, workspace) }),
    ...(external == null ? {} : { externalUser: external.user }),
    ...(includeByokInLimit === undefined ? {} : { includeByokInLimit }),
  }
}

export function keyChangeOf(body: JsonObject): KeyPatch {
  const { includeByokInLimit, ...rest } = readFields(body, {
    name: ["name", objectName],
    disabled: ["disabled", flag],
    limit: ["limitNano", orNull(money)],
    limit_reset: ["limitReset", limitReset],
    include_byok_in_limit: ["includeByokInLimit", flag],
  })
  return {
    ...rest,
    ...(includeByokInLimit === undefined ? {} : { details: { includeByokInLimit: includeByokInLimit as boolean } }),
  }
}
