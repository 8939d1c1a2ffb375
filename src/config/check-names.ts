import type { CrossContext } from "./check-value.ts"
import { placeOf } from "./places.ts"
import { policyKinds } from "./resolve/routing.ts"
import type { ConfigFile } from "./schema.ts"

/** Where a name leads in one step. */
const stepsFrom = (file: ConfigFile, name: string): string[] => {
  const alias = file.aliases && Object.hasOwn(file.aliases, name) ? [file.aliases[name]!] : []
  const policy = file.policies && Object.hasOwn(file.policies, name) ? file.policies[name]! : undefined
  return [...alias, ...policyKinds.flatMap((kind) => (policy?.[kind] ?? []).map((step) => step.model))]
}

/** The names along a way that leads from a name back to it. */
const findLoop = (file: ConfigFile, start: string): string[] | undefined => {
  const visited = new Set<string>()
  const follow = (name: string, way: readonly string[]): string[] | undefined => {
    for (const next of stepsFrom(file, name)) {
      if (next === start) return [...way, next]
      if (visited.has(next)) continue
      visited.add(next)
      const loop = follow(next, [...way, next])
      if (loop) return loop
    }
    return undefined
  }
  return follow(start, [start])
}

/** What names of policies begin with. */
const policyPrefix = "policy"

/** Aliases and policies share one space of names, and none may lead back to itself. */
export const checkNames = (file: ConfigFile, context: CrossContext) => {
  const aliases = file.aliases ?? {}
  const policies = file.policies ?? {}
  const told = new Set<string>()
  const refuseLoop = (at: number, path: readonly string[], name: string) => {
    if (told.has(name)) return
    const loop = findLoop(file, name)
    if (!loop) return
    for (const member of loop) told.add(member)
    context.report(at, path, `${path[0]} lead in a circle: ${loop.join(" → ")}`)
  }
  for (const name of Object.keys(aliases)) {
    const at = placeOf(context, aliases, name)
    const path = ["aliases", name]
    if (Object.hasOwn(policies, name)) context.report(at, path, `${name} is both an alias and a policy`)
    else if (name.startsWith("policy/"))
      context.report(at, path, `names that begin with policy/ are for policies; the alias ${name} needs another`)
    if (aliases[name] === "") context.report(at, path, `the alias ${name} leads nowhere; write author/model`)
    refuseLoop(at, path, name)
  }
  for (const [index, provider] of (file.providers ?? []).entries())
    if (provider.id === policyPrefix && Object.keys(policies).length > 0)
      context.report(
        placeOf(context, provider, "id"),
        ["providers", index, "id"],
        "policy/… are names of policies here, and would hide models of a provider with the id policy; choose another id",
      )
  for (const name of Object.keys(policies)) {
    const at = placeOf(context, policies, name)
    const path = ["policies", name]
    if (!/^policy\/./.test(name))
      context.report(at, path, `a policy's name must begin with policy/, like policy/${name.replace(/^.*\//, "")}`)
    const written = policyKinds.filter((kind) => policies[name]![kind] !== undefined)
    if (written.length !== 1)
      context.report(
        at,
        path,
        `${name} must be one of ${policyKinds.join(", ")}${written.length > 1 ? `; it is ${written.join(" and ")}` : ""}`,
      )
    refuseLoop(at, path, name)
  }
}
