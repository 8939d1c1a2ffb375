import { GatewayError } from "../../contract/index.ts"
import type { Reach, Role } from "../rights/rights.ts"
import type { ChangePlan, Directory } from "./directory.ts"
import type { ObjectKind, Stored } from "./types.ts"

export type Look = Pick<Directory, "get" | "list">

/** Who changes something, as far as rules ask. What a route was opened for says it. */
export interface Manager {
  readonly role: Role
  /** `own`: only what belongs to `memberId`. */
  readonly reach: Exclude<Reach, "none">
  readonly memberId?: string
}

/** What new objects are made with. */
export interface Making {
  readonly now: number
  /** A new UUID. */
  readonly newId: () => string
}

/** A change, and what it is about. */
export interface Planned extends ChangePlan {
  readonly id: string
}

/** What is to be different: absent stays, null takes away. */
export type Patch<Body> = { readonly [Field in keyof Body]?: Body[Field] | null | undefined }

export function patched<Body extends object>(before: Body, patch: Patch<NoInfer<Body>>): Body {
  const after = { ...before } as Record<string, unknown>
  for (const [field, value] of Object.entries(patch)) {
    if (value === undefined) continue
    if (value === null) delete after[field]
    else after[field] = value
  }
  return after as Body
}

export const conflict = (message: string, param?: string): GatewayError =>
  new GatewayError("conflict", message, param === undefined ? {} : { param })

export const invalid = (param: string, message: string): GatewayError =>
  new GatewayError("invalid_request", message, { param })

export const forbidden = (message: string): GatewayError => new GatewayError("forbidden", message)

/** What is not there, and what is not the asker's, which is the same to him. */
export const missing = (kind: ObjectKind, id: string): GatewayError =>
  new GatewayError("not_found", `There is no ${kind.replace("-", " ")} "${id.slice(0, 200)}".`)

export function existing<Kind extends ObjectKind>(look: Look, kind: Kind, id: string): Stored<Kind> {
  const found = look.get(kind, id)
  if (found === undefined) throw missing(kind, id)
  return found
}

/** An object that another one names, which is a mistake of the body and not of the address. */
export function requireNamed(look: Look, kind: ObjectKind, id: string | null | undefined, param: string): void {
  if (typeof id === "string" && look.get(kind, id) === undefined)
    throw invalid(param, `There is no ${kind.replace("-", " ")} "${id.slice(0, 200)}".`)
}

/** Names that differ in their case only are one name to people. */
export const sameName = (one: string, other: string): boolean => one.trim().toLowerCase() === other.trim().toLowerCase()

/** Throws `conflict` where another object of the kind has the name. */
export function requireFree<Kind extends "group" | "service-account" | "project">(
  look: Look,
  kind: Kind,
  name: string,
  own?: string,
): void {
  const twin = look.list(kind).find(({ id, body }) => id !== own && sameName(body.name, name))
  if (twin) throw conflict(`There is a ${kind.replace("-", " ")} "${twin.body.name}" already.`, "name")
}
