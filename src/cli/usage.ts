import type { OptionRules } from "./arguments.ts"
import { type Command, commands } from "./commands.ts"

const columns = (rows: readonly (readonly [string, string])[]): string => {
  const width = Math.max(...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}\n`).join("")
}

const describeOptions = (options: OptionRules): string => {
  const rows = Object.entries(options).map(([name, rule]) => {
    const short = rule.short ? `-${rule.short}, ` : "    "
    const value = rule.type === "string" ? ` ${rule.value ?? "VALUE"}` : ""
    return [`${short}--${name}${value}`, rule.help] as const
  })
  return columns([...rows, ["-h, --help", "print this text"]])
}

/** `signalbox help` */
export const overview = (): string =>
  `signalbox: a self-hosted LLM gateway in one executable

Usage: signalbox COMMAND [options]

Commands:
${columns([...commands.map((command) => [command.name, command.summary] as const), ["help", "Print this text, or that of a command"]])}
signalbox COMMAND --help tells more about a command.
Exit codes: 0 fine, 1 failed, 2 wrong usage or configuration.
`

/** `signalbox help COMMAND` */
export const commandHelp = (command: Command): string =>
  `${command.summary}

Usage: signalbox ${command.name} ${command.words}

Options:
${describeOptions(command.options)}${command.notes === undefined ? "" : `\n${command.notes}\n`}`

/** The usage line alone, for mistakes. */
export const usageLine = (command: Command): string =>
  `Usage: signalbox ${command.name} ${command.words}\nsignalbox ${command.name} --help tells more.\n`
