import type { Config } from "../../config/config.ts"
import type { NamedIn } from "../../config/entry-place.ts"
import { pathText } from "../../config/problem.ts"
import type { Json } from "../../contract/index.ts"
import { mistakesIn } from "../../pipeline/plan/preferences/strict-preferences.ts"

/** A mistake, and the entry of the file that it is in. */
export interface PlacedProblem {
  readonly list: NamedIn
  readonly name: string
  readonly message: string
}

/** What is wrong with the `provider` objects of a configuration. */
export function preferenceProblems({ routing, keys, policies, presets }: Config): readonly PlacedProblem[] {
  return [
    ...problemsOf("routing", "", routing.provider, "routing.provider"),
    ...keys.flatMap(({ name, routing: own }, index) =>
      problemsOf("keys", name, own?.provider, `keys[${index}].provider`),
    ),
    ...Object.entries(policies).flatMap(([name, { kind, provider, steps }]) => [
      ...problemsOf("policies", name, provider, `${pathText(["policies", name])}.provider`),
      ...steps.flatMap((step, index) =>
        problemsOf("policies", name, step.provider, `${pathText(["policies", name, kind, index])}.provider`),
      ),
    ]),
    ...Object.entries(presets).flatMap(([name, { parameters }]) =>
      problemsOf("presets", name, parameters.provider, `${pathText(["presets", name])}.parameters.provider`),
    ),
  ]
}

const problemsOf = (list: NamedIn, name: string, value: Json | undefined, path: string): readonly PlacedProblem[] =>
  mistakesIn(value, path).map(({ message }) => ({ list, name, message }))
