import type { Policy, Preset } from "../../config/config.ts"
import { findPreset, own } from "../../pipeline/plan/targets/scope.ts"
import type { Recorded } from "../../pipeline/replay/recorded-inquiry.ts"
import type { Snapshot } from "../../pipeline/services.ts"
import { Groups } from "./groups.ts"
import type { NameChange } from "./report.ts"

type Names = Pick<Snapshot, "catalog" | "config" | "declared">

/** Names that recorded requests used, and what became of those that somebody declares. */
export class UsedNames {
  readonly #used = new Groups((parts) => ({ name: parts[0]!, requests: 0 }))

  add({ route: { demand } }: Recorded): void {
    const { models, written = {} } = demand
    const names = new Set(models)
    if (written.model !== undefined) names.add(written.model)
    if (written.preset !== undefined) names.add(`@preset/${written.preset}`)
    for (const name of names) this.#used.get(name).requests++
  }

  changes(present: Names, next: Names): readonly NameChange[] {
    return this.#used
      .sorted((left, right) => right.requests - left.requests)
      .flatMap(({ name, requests }) => {
        const [was, would] = [declaredAs(present, name), declaredAs(next, name)]
        if (was.exact === would.exact) return []
        return { name, requests, was: was.words, would: would.words }
      })
  }
}

interface DeclaredAs {
  readonly words: string
  /** Differs where anything differs. */
  readonly exact: string
}

const notDeclared: DeclaredAs = { words: "-", exact: "" }

function declaredAs(names: Names, name: string): DeclaredAs {
  const policy = own(names.catalog.policies, name)
  if (policy) return { words: policyWords(policy), exact: `policy ${JSON.stringify(policy)}` }
  const alias = own(names.catalog.aliases, name)
  if (alias !== undefined) return { words: `alias of ${alias}`, exact: `alias ${alias}` }
  const slug = /@preset\/(\S+)$/.exec(name)?.[1]
  const preset = slug === undefined ? undefined : findPreset(names, slug)
  return preset
    ? { words: presetWords(preset), exact: `preset ${JSON.stringify(preset.parameters)}${preset.system}` }
    : notDeclared
}

const policyWords = ({ kind, steps }: Policy): string =>
  `policy: ${kind} of ${steps.map(({ model, weight }) => (kind === "balance" ? `${model} (${weight})` : model)).join(", ")}`

const presetWords = ({ parameters: { model } }: Preset): string =>
  typeof model === "string" ? `preset with ${model}` : "preset"
