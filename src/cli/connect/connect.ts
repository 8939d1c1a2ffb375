import { resolve as resolvePath } from "node:path"
import { ConfigError } from "../../config/problem.ts"
import { suggest } from "../../config/suggest.ts"
import { type Agent, type AgentFile, type AgentTarget, keyVariable } from "../../http/docs/agent.ts"
import { agents } from "../../http/docs/agents.ts"
import { placeOf, renderContent } from "../../http/docs/render.ts"
import type { Arguments } from "../arguments.ts"
import { loadFor } from "../configuration.ts"
import { type CliIo, CommandFailure, exitCode, UsageError } from "../io.ts"
import { pathOfFile } from "./place.ts"
import { writeFiles } from "./write.ts"

const agentOf = (word: string): Agent => {
  const names = agents.map(({ name }) => name)
  const found = agents.find(({ name }) => name === word)
  if (found) return found
  // People leave the second half out: `claude`, `gemini`.
  const hint = names.find((name) => word.length > 2 && name.startsWith(word)) ?? suggest(word, names)
  throw new UsageError(`CLIENT must be one of ${names.join(", ")}${hint ? `; did you mean ${hint}?` : ""}`)
}

/** Clients add their own paths: `/v1` at the end of what was typed would be there twice. */
const rootOf = (text: string): string => {
  const url = /^https?:\/\//i.test(text) ? URL.parse(text) : null
  if (!url) throw new UsageError(`--url must be an address like http://127.0.0.1:8080, not ${JSON.stringify(text)}`)
  if (url.search !== "" || url.hash !== "" || url.username !== "")
    throw new UsageError("--url takes an address alone: no key, no query")
  return `${url.origin}${url.pathname}`.replace(/\/+$/, "").replace(/\/(?:api\/)?v1(?:beta)?$/, "")
}

interface Found {
  readonly url: string
  readonly defaultModel: string
}

/** The gateway of the configuration, as clients on this machine reach it. */
const findGateway = async (args: Arguments, io: CliIo): Promise<Found> => {
  const named = args.text("url")
  try {
    const { config } = await loadFor(args, io)
    const host = /^(?:0\.0\.0\.0|::)$/.test(config.server.host) ? "127.0.0.1" : config.server.host
    // Port 0 is known to nobody but the gateway that runs.
    const own = `http://${host.includes(":") ? `[${host}]` : host}:${config.server.port || 8080}`
    return {
      url: named === undefined ? (config.server.publicUrl ?? own) : rootOf(named),
      defaultModel: config.defaultModel ?? "openai/gpt-4o-mini",
    }
  } catch (thrown) {
    // With an address the configuration is only wanted for its default model, and may be elsewhere.
    if (!(thrown instanceof ConfigError) || named === undefined || args.text("config") !== undefined) throw thrown
    return { url: rootOf(named), defaultModel: "openai/gpt-4o-mini" }
  }
}

const checkText = (name: string, text: string | undefined): string | undefined => {
  if (text !== undefined && /[\s\p{Cc}]/u.test(text)) throw new UsageError(`--${name} must have no spaces in it`)
  return text
}

const print = (agent: Agent, target: AgentTarget, place: (file: AgentFile) => string, io: CliIo): void => {
  io.out(`${agent.title} speaks ${agent.api}; its base URL is ${target.url}${agent.path}\n`)
  for (const file of agent.files) io.out(`\n# ${place(file)}\n${renderContent(file.form, file.content(target))}`)
  const command = agent.command?.(target)
  if (command !== undefined) io.out(`\n${command}\n`)
}

/** Some clients read a key from the environment only, whatever is given. */
const holdsKey = ({ files }: Agent, target: AgentTarget): boolean =>
  target.key !== undefined && files.some((file) => JSON.stringify(file.content(target)).includes(target.key!))

const printNext = (agent: Agent, target: AgentTarget, io: CliIo): void => {
  if (agent.keyIn === "environment" && !holdsKey(agent, target))
    io.out(`\nThe key is read from the environment:\n  export ${keyVariable}=…\n`)
  io.out(`\nThen: ${agent.start(target)}\n`)
  for (const note of agent.notes) io.out(`- ${note}\n`)
}

/** Prints a client's configuration, or merges it into the client's own file. */
export const connectCommand = async (
  args: Arguments,
  io: CliIo,
  platform: NodeJS.Platform = process.platform,
): Promise<number> => {
  const agent = agentOf(args.positionals[0]!)
  const { url, defaultModel } = await findGateway(args, io)
  const given = checkText("key", args.text("key"))
  const fromEnvironment = checkText("key", io.env[keyVariable] || undefined)
  const model = checkText("model", args.text("model"))
  const target: AgentTarget = { url, model, defaultModel, key: given }
  const place = (file: AgentFile) => pathOfFile(file, io.env, platform) ?? placeOf(file).join(" or ")
  if (!args.flag("write")) {
    // A key of the environment is not shown: this text ends up in terminals' histories and screenshots.
    print(agent, target, place, io)
    printNext(agent, target, io)
    if (agent.needsHttps && !url.startsWith("https://"))
      io.error(`warning: ${agent.title} takes https:// only, and ${url} is not\n`)
    return exitCode.fine
  }
  if (agent.needsHttps && !url.startsWith("https://"))
    throw new CommandFailure(`${agent.title} takes https:// only, and ${url} is not; see server.public_url and --url`)
  const command = agent.command?.(target)
  if (command !== undefined)
    throw new CommandFailure(`${agent.title} keeps its settings to itself; run its own command:\n  ${command}`)
  // A client that can read the environment is told where; the token itself is written only where it must be.
  const key = given ?? (agent.keyIn === "file" ? fromEnvironment : undefined)
  if (key === undefined && agent.keyIn === "file")
    throw new CommandFailure(`${agent.title} needs the key in its file: give --key KEY or set ${keyVariable}`)
  const files = agent.files.map((file) => {
    const path = pathOfFile(file, io.env, platform)
    if (path === undefined)
      throw new CommandFailure(`${agent.title} has no place for its file here: another system, or no HOME`)
    return { path: resolvePath(io.cwd, path), form: file.form, content: file.content({ ...target, key }) }
  })
  for (const line of await writeFiles(files)) io.out(`${line}\n`)
  printNext(agent, target, io)
  return exitCode.fine
}
