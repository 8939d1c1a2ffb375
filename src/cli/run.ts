import { ConfigError, formatProblem } from "../config/problem.ts"
import { suggest } from "../config/suggest.ts"
import { readArguments } from "./arguments.ts"
import { type Command, commands } from "./commands.ts"
import { type CliIo, CommandFailure, exitCode, UsageError } from "./io.ts"
import { commandHelp, overview, usageLine } from "./usage.ts"

/** The command that the first words name, and the words after it. */
const findCommand = (words: readonly string[]): { command: Command; rest: readonly string[] } | undefined => {
  for (const length of [2, 1]) {
    const name = words.slice(0, length).join(" ")
    const command = commands.find((candidate) => candidate.name === name)
    if (command) return { command, rest: words.slice(length) }
  }
  return undefined
}

/** The commands of a group: `keys` has create, list, disable. */
const groupOf = (word: string): readonly Command[] => commands.filter((command) => command.name.startsWith(`${word} `))

const unknownCommand = (words: readonly string[]): string => {
  const group = groupOf(words[0]!)
  if (group.length > 0) {
    const verbs = group.map((command) => command.name.split(" ")[1]!)
    const hint = words[1] === undefined ? undefined : suggest(words[1], verbs)
    const said = words[1] === undefined ? `${words[0]} needs one word more` : `unknown command ${words[0]} ${words[1]}`
    return `${said}: ${verbs.join(", ")}${hint ? `; did you mean ${words[0]} ${hint}?` : ""}`
  }
  const hint = suggest(words[0]!, ["help", ...new Set(commands.map((command) => command.name.split(" ")[0]!))])
  return `unknown command ${words[0]}${hint ? `; did you mean ${hint}?` : ""}`
}

const help = (words: readonly string[], io: CliIo): number => {
  const found = findCommand(words)
  const group = words[0] === undefined ? [] : groupOf(words[0])
  if (found) io.out(commandHelp(found.command))
  else if (group.length > 0) io.out(group.map(commandHelp).join("\n"))
  else if (words.length === 0) io.out(overview())
  else {
    io.error(`signalbox: ${unknownCommand(words)}\n`)
    return exitCode.usage
  }
  return exitCode.fine
}

const runCommand = async (command: Command, words: readonly string[], io: CliIo): Promise<number> => {
  try {
    const args = readArguments(command.options, words, command.positionals)
    const run = await command.load()
    return await run(args, io)
  } catch (thrown) {
    if (thrown instanceof UsageError) {
      io.error(`signalbox ${command.name}: ${thrown.message}\n${usageLine(command)}`)
      return exitCode.usage
    }
    if (thrown instanceof CommandFailure) {
      io.error(`signalbox ${command.name}: ${thrown.message}\n`)
      return exitCode.failed
    }
    if (thrown instanceof ConfigError) {
      for (const problem of thrown.problems) io.error(`${formatProblem(problem)}\n`)
      return exitCode.usage
    }
    throw thrown
  }
}

/** Runs one command line (without the program's own name) and gives its exit code. */
export const runCli = async (words: readonly string[], io: CliIo): Promise<number> => {
  const first = words[0]
  if (first === undefined) {
    io.error(overview())
    return exitCode.usage
  }
  if (first === "help") return help(words.slice(1), io)
  if (first === "--help" || first === "-h") return help([], io)
  const end = words.indexOf("--")
  const before = end < 0 ? words : words.slice(0, end)
  if (before.includes("--help") || before.includes("-h"))
    return help(
      before.filter((word) => word !== "--help" && word !== "-h"),
      io,
    )
  const found = findCommand(first === "--version" || first === "-v" ? ["version", ...words.slice(1)] : words)
  if (found) return runCommand(found.command, found.rest, io)
  io.error(`signalbox: ${unknownCommand(words)}\nsignalbox help lists the commands.\n`)
  return exitCode.usage
}
