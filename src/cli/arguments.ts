import { parseArgs } from "node:util"
import { suggest } from "../config/suggest.ts"
import { UsageError } from "./io.ts"

export interface OptionRule {
  readonly type: "string" | "boolean"
  /** One letter. */
  readonly short?: string
  /** What stands for the value in the usage text. */
  readonly value?: string
  readonly help: string
}

export type OptionRules = Readonly<Record<string, OptionRule>>

export interface Arguments {
  readonly positionals: readonly string[]
  text(name: string): string | undefined
  flag(name: string): boolean
  /** A number, checked; undefined when the option is absent. */
  number(
    name: string,
    check: { readonly minimum: number; readonly maximum?: number; readonly whole?: boolean },
  ): number | undefined
}

const unknownOption = (raw: string, rules: OptionRules): UsageError => {
  const hint = suggest(raw.replace(/^-+/, ""), Object.keys(rules))
  return new UsageError(`unknown option ${raw}${hint ? `; did you mean --${hint}?` : ""}`)
}

const numberOf = (
  name: string,
  text: string,
  check: { minimum: number; maximum?: number; whole?: boolean },
): number => {
  const value = text.trim() === "" ? Number.NaN : Number(text)
  const { minimum, maximum = Number.POSITIVE_INFINITY, whole = false } = check
  if (value >= minimum && value <= maximum && (!whole || Number.isInteger(value))) return value
  const range = maximum === Number.POSITIVE_INFINITY ? `of at least ${minimum}` : `between ${minimum} and ${maximum}`
  throw new UsageError(`--${name} must be a ${whole ? "whole " : ""}number ${range}, not ${JSON.stringify(text)}`)
}

/** Reads arguments by rules. Throws UsageError for what is unknown, lacks its value, is given twice or is one word too many. */
export const readArguments = (
  rules: OptionRules,
  words: readonly string[],
  positionals: { readonly minimum: number; readonly maximum: number },
): Arguments => {
  const options = Object.fromEntries(
    Object.entries(rules).map(([name, { type, short }]) => [name, short === undefined ? { type } : { type, short }]),
  )
  const { tokens } = parseArgs({ args: [...words], options, strict: false, allowPositionals: true, tokens: true })
  const found = new Map<string, string | true>()
  const rest: string[] = []
  for (const token of tokens) {
    if (token.kind === "positional") rest.push(token.value)
    if (token.kind !== "option") continue
    const rule = Object.hasOwn(rules, token.name) ? rules[token.name] : undefined
    if (!rule) throw unknownOption(token.rawName, rules)
    if (found.has(token.name)) throw new UsageError(`${token.rawName} is given twice`)
    if (rule.type === "boolean" && token.value !== undefined) throw new UsageError(`${token.rawName} takes no value`)
    if (rule.type === "string" && (token.value === undefined || token.value === ""))
      throw new UsageError(`${token.rawName} needs a value: --${token.name} ${rule.value ?? "VALUE"}`)
    // `--config --port 1` means that the value of --config was forgotten.
    if (rule.type === "string" && !token.inlineValue && token.value!.startsWith("--"))
      throw new UsageError(`${token.rawName} needs a value: --${token.name} ${rule.value ?? "VALUE"}`)
    found.set(token.name, token.value ?? true)
  }
  if (rest.length < positionals.minimum) throw new UsageError("something is missing")
  if (rest.length > positionals.maximum)
    throw new UsageError(`${JSON.stringify(rest[positionals.maximum])} is one word too many`)
  const text = (name: string) => {
    const value = found.get(name)
    return typeof value === "string" ? value : undefined
  }
  return {
    positionals: rest,
    text,
    flag: (name) => found.get(name) === true,
    number(name, check) {
      const value = text(name)
      return value === undefined ? undefined : numberOf(name, value, check)
    },
  }
}
