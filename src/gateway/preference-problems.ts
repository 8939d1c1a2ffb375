import type { Config } from "../config/config.ts"
import { suggest } from "../config/suggest.ts"
import { isObject, type Json, messageOf } from "../contract/index.ts"
import { preferenceMembers, readPreferences } from "../pipeline/plan/preferences.ts"

/**
 * What is wrong with the `provider` objects of a configuration. In a request, members that nobody knows are let pass, because a client may
 * be newer than the gateway; in the file they are mistakes, and a restriction with a slip in its name would restrict nothing.
 */
export function preferenceProblems({ routing, keys, policies, presets }: Config): readonly string[] {
  return [
    ...problemsOf(routing.provider, "routing.provider"),
    ...keys.flatMap(({ name, routing: own }) => problemsOf(own?.provider, `keys: "${name}": provider`)),
    ...Object.entries(policies).flatMap(([name, { kind, provider, steps }]) => [
      ...problemsOf(provider, `policies.${name}.provider`),
      ...steps.flatMap((step, index) => problemsOf(step.provider, `policies.${name}.${kind}[${index}].provider`)),
    ]),
    ...Object.entries(presets).flatMap(([name, { parameters }]) =>
      problemsOf(parameters.provider, `presets.${name}.parameters.provider`),
    ),
  ]
}

function problemsOf(value: Json | undefined, path: string): readonly string[] {
  if (value === undefined) return []
  const problems: string[] = []
  try {
    readPreferences(value, path)
  } catch (thrown) {
    problems.push(messageOf(thrown))
  }
  for (const member of isObject(value) ? Object.keys(value) : []) {
    if (preferenceMembers.includes(member)) continue
    const meant = suggest(member, preferenceMembers)
    problems.push(`"${path}.${member}" is not known${meant === undefined ? "" : `; did you mean ${meant}?`}`)
  }
  return problems
}
