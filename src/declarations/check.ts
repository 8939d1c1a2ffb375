import { checkJson, type JsonProblem } from "../config/check-json.ts"
import { checkNames } from "../config/check-names.ts"
import type { Shape } from "../config/check-value.ts"
import type { Config, Policy } from "../config/config.ts"
import { pathText } from "../config/problem.ts"
import { policyKinds } from "../config/resolve/routing.ts"
import { PolicySchema, PresetSchema } from "../config/schema/routing.ts"
import type { ConfigFile, PolicyConfig, PresetConfig } from "../config/schema.ts"
import { GatewayError, type Json, type JsonObject } from "../contract/index.ts"
import type { Declared } from "./declared.ts"

/** What the file declares, as far as names go. */
export type FileNames = Pick<Config, "policies" | "aliases" | "presets">

const longestName = 200

const invalid = (param: string, message: string) => new GatewayError("invalid_request", message, { param })

function refuse([first]: readonly JsonProblem[]): void {
  if (first) throw invalid(first.path, /[.?]$/.test(first.message) ? first.message : `${first.message}.`)
}

/** A policy as the file would say it. Throws `invalid_request` with the path of the first mistake. */
export function checkPolicy(name: string, body: Json): PolicyConfig {
  if (!/^policy\/[^\s]+$/.test(name) || name.length > longestName)
    throw invalid(
      "name",
      `A policy's name must begin with policy/ and hold no spaces, like policy/fast; not "${name}".`,
    )
  const { value, problems } = checkJson(PolicySchema as Shape, body)
  refuse(problems)
  const policy = value as PolicyConfig
  const written = policyKinds.filter((kind) => policy[kind] !== undefined)
  if (written.length !== 1)
    throw invalid(
      written[1] ?? policyKinds[0],
      `A policy must be one of ${policyKinds.join(", ")}${written.length > 1 ? `; this is ${written.join(" and ")}` : ""}.`,
    )
  return policy
}

/** The model that an alias leads to. */
export function checkAlias(name: string, body: Json): string {
  if (!/^[^\s@][^\s]*$/.test(name) || name.length > longestName || name === "__proto__" || name.includes("@preset/"))
    throw invalid("name", `"${name.slice(0, longestName)}" cannot be an alias: leave out spaces and @preset/.`)
  if (name.startsWith("policy/"))
    throw invalid("name", `Names that begin with policy/ are for policies; the alias "${name}" needs another.`)
  const { value, problems } = checkJson(aliasShape, body)
  refuse(problems)
  return (value as { readonly model: string }).model
}

const aliasShape: Shape = {
  type: "object",
  properties: { model: { type: "string", minLength: 1, description: "author/model, a policy or another alias" } },
  required: ["model"],
}

const presetSlug = /^[a-z0-9][a-z0-9_-]{0,99}$/

export function checkPreset(slug: string, body: Json): PresetConfig {
  if (!presetSlug.test(slug))
    throw invalid(
      "slug",
      `A preset's slug is lower case letters, digits, - and _, not "${slug.slice(0, longestName)}".`,
    )
  const { value, problems } = checkJson(PresetSchema as Shape, body)
  refuse(problems)
  const preset = value as PresetConfig
  for (const key of ["messages", "stream"])
    if (preset.parameters[key] !== undefined)
      throw invalid(
        `parameters.${key}`,
        key === "messages"
          ? "A preset holds no messages; only a system prompt can be laid under a request, as system."
          : "Whether an answer is streamed is the request's own matter; leave stream out.",
      )
  const { model } = preset.parameters
  if (model !== undefined && (typeof model !== "string" || model.includes("@preset/")))
    throw invalid(
      "parameters.model",
      "parameters.model must be the name of a model; one preset cannot stand on another.",
    )
  return preset
}

/** Throws `conflict` for what the configuration file owns. */
export function refuseOfFile(record: Readonly<Record<string, unknown>>, what: string, name: string): void {
  if (Object.hasOwn(record, name))
    throw new GatewayError("conflict", `The ${what} "${name}" belongs to the configuration file. Change it there.`)
}

/** Aliases and policies with this one among them must not lead in a circle. Throws `invalid_request`. */
export function refuseCircle(
  file: FileNames,
  declared: Declared,
  added: { readonly policies?: Record<string, PolicyConfig>; readonly aliases?: Record<string, string> },
): void {
  const names = {
    aliases: { ...declared.aliases, ...added.aliases, ...file.aliases },
    policies: { ...written(declared.policies), ...added.policies, ...written(file.policies) },
  } as Pick<ConfigFile, "aliases" | "policies">
  const own = new Set([...Object.keys(added.policies ?? {}), ...Object.keys(added.aliases ?? {})])
  checkNames(names as ConfigFile, {
    nowMs: 0,
    origins: new WeakMap(),
    warn: () => {},
    report(_at, path, message) {
      // What is wrong elsewhere was there before, and is not this change's.
      if (own.has(String(path[1])) || [...own].some((name) => message.includes(name)))
        throw invalid(pathText(path), `${message[0]!.toUpperCase()}${message.slice(1)}.`)
    },
  })
}

const written = (policies: Readonly<Record<string, Policy>>): JsonObject =>
  Object.fromEntries(
    Object.entries(policies).map(([name, { kind, steps }]) => [
      name,
      { [kind]: steps.map(({ model }) => ({ model })) },
    ]),
  )

/** A policy in the words of the file, without what is the default anyway. */
export const policyText = ({ kind, steps, ...policy }: Policy): PolicyConfig =>
  ({
    [kind]: steps.map(({ model, retries, weight, provider }) => ({
      model,
      ...(retries > 0 ? { retries } : {}),
      ...(kind === "balance" ? { weight } : {}),
      ...(provider ? { provider } : {}),
    })),
    ...(kind === "balance" ? { sticky: policy.stickyBy, others: policy.others } : {}),
    ...(kind === "latency" ? { explore: policy.explore } : {}),
    ...(policy.hedgeMs === undefined ? {} : { hedge_seconds: policy.hedgeMs / 1000 }),
    ...(policy.streamRecovery ? { stream_recovery: policy.streamRecovery } : {}),
    ...(policy.provider ? { provider: policy.provider } : {}),
    ...(policy.description === undefined ? {} : { description: policy.description }),
  }) as PolicyConfig
