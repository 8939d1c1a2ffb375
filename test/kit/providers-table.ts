import {
  GatewayError,
  type Provider,
  type ProviderDefinition,
  type ProviderSettings,
} from "../../src/contract/index.ts"
import { setUpBuiltIns } from "./built-ins.ts"

type Given = Pick<ProviderSettings, "apiKey" | "baseUrl" | "options">

/** Values that fit what providers ask for. */
const samples: Readonly<Record<string, string>> = {
  account: "0123456789abcdef0123456789abcdef",
  host: "host.example.com",
  region: "eu-central-1",
}

const filledIn = (given: Given, param: string): Given => {
  if (param === "api_key") return { ...given, apiKey: "a-key" }
  if (param === "base_url") return { ...given, baseUrl: "https://upstream.invalid/v1" }
  const option = param.replace(/^options\./, "")
  return { ...given, options: { ...given.options, [option]: samples[option] ?? "sample" } }
}

const attempt = ({ id, create }: ProviderDefinition, given: Given): Provider | GatewayError => {
  try {
    return create({ id, headers: {}, ...given })
  } catch (thrown) {
    if (GatewayError.is(thrown)) return thrown
    throw thrown
  }
}

interface Made {
  readonly provider: Provider
  readonly given: Given
  /** What it asked for, one refusal after the other. */
  readonly needs: readonly string[]
}

/** Gives what is asked for until there is a provider. */
function make(definition: ProviderDefinition, start: Given): Made {
  const needs: string[] = []
  let given = start
  for (;;) {
    const made = attempt(definition, given)
    if (!GatewayError.is(made)) return { provider: made, given, needs }
    const { param } = made
    if (param === undefined || needs.includes(param)) throw made
    needs.push(param)
    given = filledIn(given, param)
  }
}

/** The options that it knows, by its own words for one that nobody knows. */
const optionsOf = (definition: ProviderDefinition, { given }: Made): readonly string[] => {
  const refusal = attempt(definition, { ...given, options: { ...given.options, "no-such-option": 1 } })
  const known = GatewayError.is(refusal) ? /known: (.+)$/.exec(refusal.message)?.[1] : undefined
  return known?.split(", ").toSorted() ?? []
}

const code = (names: readonly string[], between = ", "): string => names.map((name) => `\`${name}\``).join(between)

interface Row {
  readonly plugin: string
  readonly definition: ProviderDefinition
  readonly keyless: boolean
  readonly made: Made
  readonly options: readonly string[]
}

const rows = async (): Promise<readonly Row[]> =>
  (await setUpBuiltIns()).flatMap(({ plugin, capabilities }) =>
    (capabilities.providers ?? []).map((definition) => {
      const made = make(definition, { apiKey: "a-key", options: {} })
      const keyless = !GatewayError.is(attempt(definition, { ...made.given, apiKey: "" }))
      return { plugin: plugin.name, definition, keyless, made, options: optionsOf(definition, made) }
    }),
  )

const shared = (all: readonly Row[], plugin: string): readonly string[] => {
  const lists = all.filter((row) => row.plugin === plugin).map(({ options }) => options)
  return (lists[0] ?? []).filter((option) => lists.every((list) => list.includes(option)))
}

const formats = ({ wire, otherWires = [], chat }: Provider): string => {
  const names = [...(wire ? [wire] : []), ...otherWires].map(({ dialect }) => dialect.name)
  return chat ? "its own" : code(names) || "–"
}

const keyOf = ({ definition: { environment = [] }, keyless }: Row): string => {
  const names = code(environment, " or ")
  return keyless ? (names === "" ? "none" : `${names}, or none`) : names || "`api_key`"
}

/** Every provider of the plugins of this repository, by what it does when it is made. */
export async function providersTable(): Promise<string> {
  const all = await rows()
  const lines = all
    .toSorted((one, other) => one.definition.id.localeCompare(other.definition.id))
    .map((row) => {
      const { plugin, definition, made, options } = row
      const own = options.filter((option) => !shared(all, plugin).includes(option))
      const cells = [
        `\`${definition.id}\`${definition.explicit ? " \\*" : ""}`,
        definition.name,
        keyOf(row),
        code(made.needs) || "–",
        formats(made.provider),
        Object.keys(made.provider.abilities ?? {})
          .toSorted()
          .join(", ") || "–",
        code(own) || "–",
      ]
      return `| ${cells.join(" | ")} |`
    })
  return [
    "| id | upstream | key | also needed | formats | beside chat | own options |",
    "|---|---|---|---|---|---|---|",
    ...lines,
  ].join("\n")
}

/** What all providers of a plugin have in common: options, and variables beside that of the key. */
export async function settingsTable(): Promise<string> {
  const all = await rows()
  const plugins = [...new Set(all.map(({ plugin }) => plugin))].toSorted()
  const lines = plugins.flatMap((plugin) => {
    const common = shared(all, plugin)
    const own = all.filter((row) => row.plugin === plugin)
    const variables = [...new Set(own.flatMap(({ definition }) => definition.variables ?? []))].toSorted()
    if (common.length === 0 && variables.length === 0) return []
    return [`| ${plugin} | ${code(common) || "–"} | ${code(variables) || "–"} |`]
  })
  return ["| plugin | options of its providers | variables that it reads |", "|---|---|---|", ...lines].join("\n")
}
