import type { Policy, Preset } from "../config/config.ts"
import { resolvePolicy, resolvePreset } from "../config/resolve/routing.ts"
import type { PolicyConfig, PresetConfig } from "../config/schema.ts"
import { isObject, type Json } from "../contract/index.ts"

export type DeclarationKind = "policy" | "alias" | "preset" | "approval"

/** One version of something that the API declared, in the words of the configuration file. Times are milliseconds UTC. */
export interface Declaration {
  readonly kind: DeclarationKind
  readonly name: string
  readonly version: number
  readonly body: Json
  readonly createdAt: number
  /** Id of the key that made it. */
  readonly createdBy?: string
}

/** A row of the table; without a body it says that what was there before is deleted. */
export interface DeclarationRow extends Omit<Declaration, "body"> {
  readonly body: Json | undefined
}

/** What the API declared, at one moment. Frozen. What the file declares is not here, and goes before it. */
export interface Declared {
  readonly policies: Readonly<Record<string, Policy>>
  readonly aliases: Readonly<Record<string, string>>
  /** Versions by slug, oldest first. */
  readonly presets: Readonly<Record<string, readonly DeclaredPreset[]>>
  /** By name, as they were put. */
  readonly approvals: Readonly<Record<string, Json>>
}

export interface DeclaredPreset extends Preset {
  readonly version: number
  readonly createdAt: number
  readonly createdBy?: string
}

export const nothingDeclared: Declared = Object.freeze({ policies: {}, aliases: {}, presets: {}, approvals: {} })

/** A row that cannot be read is told and left out: a store may have been edited. */
export type TellUnreadable = (row: DeclarationRow, thrown: unknown) => void

/** What holds after these rows, which come in the order of their versions. */
export function declaredOf(rows: Iterable<DeclarationRow>, unreadable: TellUnreadable): Declared {
  const policies: Record<string, Policy> = {}
  const aliases: Record<string, string> = {}
  const presets: Record<string, DeclaredPreset[]> = {}
  const approvals: Record<string, Json> = {}
  const places: Readonly<Record<DeclarationKind, Record<string, unknown>>> = {
    policy: policies,
    alias: aliases,
    preset: presets,
    approval: approvals,
  }
  for (const row of rows) {
    try {
      if (row.body === undefined) delete places[row.kind][row.name]
      else if (row.kind === "preset") presets[row.name] = [...(presets[row.name] ?? []), presetOf(row as Declaration)]
      else places[row.kind][row.name] = resolved(row as Declaration)
    } catch (thrown) {
      unreadable(row, thrown)
    }
  }
  return Object.freeze({ policies, aliases, presets, approvals })
}

function resolved({ kind, body }: Declaration): unknown {
  if (kind === "policy") {
    const policy = resolvePolicy(body as unknown as PolicyConfig)
    if (policy.steps.length === 0) throw new Error("a policy has steps")
    return policy
  }
  if (kind === "alias" && typeof body !== "string") throw new Error("an alias is the name of a model")
  return body
}

function presetOf({ body, version, createdAt, createdBy }: Declaration): DeclaredPreset {
  if (!isObject(body)) throw new Error("a preset is an object")
  const { parameters = {} } = body
  if (!isObject(parameters)) throw new Error("a preset's parameters are an object")
  return {
    ...resolvePreset({ ...body, parameters } as unknown as PresetConfig),
    version,
    createdAt,
    ...(createdBy === undefined ? {} : { createdBy }),
  }
}
