import type { LimitReset } from "../config/config.ts"
import { suggest } from "../config/suggest.ts"
import { parseTimestamp } from "../config/timestamp.ts"
import { isObject, type Json, type JsonObject } from "../contract/json.ts"
import { remoteKeyDesk } from "./admin-client.ts"
import type { Arguments } from "./arguments.ts"
import { type CliIo, CommandFailure, exitCode, UsageError } from "./io.ts"
import type { DetailsLine, KeyDesk, KeyLine, NewKey, RoutingLine } from "./key-desk.ts"
import { reach } from "./reach.ts"
import { table } from "./table.ts"

const resets: readonly LimitReset[] = ["daily", "weekly", "monthly", "never"]

const newKeyOf = (args: Arguments, nowMs: number): NewKey => {
  const limit = args.number("limit", { minimum: 0 })
  const limit_reset = choiceOf(args, "limit-reset", resets)
  const expires = args.text("expires-at")
  const expiresMs = expires === undefined ? undefined : parseTimestamp(expires)
  if (expires !== undefined && expiresMs === undefined)
    throw new UsageError("--expires-at must be a date-time with a time zone, like 2030-01-31T00:00:00Z")
  if (expiresMs !== undefined && expiresMs <= nowMs) throw new UsageError("--expires-at is in the past")
  return {
    name: args.positionals[0]!,
    ...(limit === undefined ? {} : { limit }),
    ...(limit_reset === undefined ? {} : { limit_reset }),
    ...(expiresMs === undefined ? {} : { expires_at: new Date(expiresMs).toISOString() }),
    ...(args.flag("strict") ? { strict: true } : {}),
    ...routingOf(args),
    ...detailsOf(args),
  }
}

/** The words of a choice, with a hint for one that is none of them. */
const choiceOf = <T extends string>(args: Arguments, option: string, words: readonly T[]): T | undefined => {
  const text = args.text(option)
  if (text === undefined) return undefined
  const found = words.find((word) => word === text)
  if (found) return found
  const hint = suggest(text, words)
  throw new UsageError(`--${option} must be one of ${words.join(", ")}${hint ? `; did you mean ${hint}?` : ""}`)
}

const routingOf = (args: Arguments): RoutingLine => {
  const models = args
    .text("models")
    ?.split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "")
  const defaultModel = args.text("default-model")
  const provider = args.text("provider")
  const cache = choiceOf(args, "cache", ["on", "off"])
  const streamRecovery = choiceOf(args, "stream-recovery", ["error", "continue"])
  const priority = args.number("priority", { minimum: Number.MIN_SAFE_INTEGER, whole: true })
  return {
    ...(models === undefined ? {} : { models }),
    ...(defaultModel === undefined ? {} : { default_model: defaultModel }),
    ...(provider === undefined ? {} : { provider: objectOf(provider) }),
    ...(cache === undefined ? {} : { cache: cache === "on" }),
    ...(streamRecovery === undefined ? {} : { stream_recovery: streamRecovery }),
    ...(priority === undefined ? {} : { priority }),
  }
}

const detailsOf = (args: Arguments): DetailsLine => {
  const member = args.text("owner-member")
  const serviceAccount = args.text("service-account")
  const group = args.text("group")
  if (member !== undefined && serviceAccount !== undefined)
    throw new UsageError("a key belongs to a member or to a service account: give --owner-member or --service-account")
  const owner =
    member !== undefined
      ? ({ kind: "member", id: member } as const)
      : serviceAccount !== undefined
        ? ({ kind: "service-account", id: serviceAccount } as const)
        : undefined
  const label = args.text("label")
  const rates = ratesOf(args)
  return {
    ...(owner ? { owner } : {}),
    ...(group === undefined ? {} : owner ? { group_id: group } : { owner: { kind: "group", id: group } }),
    ...(label === undefined ? {} : { labels: labelsOf(label) }),
    ...(rates ? { rates } : {}),
    ...(args.flag("read") ? { manage: "read" } : {}),
  }
}

const ratesOf = (args: Arguments): DetailsLine["rates"] => {
  const whole = { minimum: 1, whole: true }
  const [rpm, tpm, concurrency] = [
    args.number("rpm", whole),
    args.number("tpm", whole),
    args.number("concurrency", whole),
  ]
  if (rpm === undefined && tpm === undefined && concurrency === undefined) return undefined
  return {
    ...(rpm === undefined ? {} : { requests_per_minute: rpm }),
    ...(tpm === undefined ? {} : { tokens_per_minute: tpm }),
    ...(concurrency === undefined ? {} : { concurrency }),
  }
}

const labelsOf = (text: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    text.split(",").map((pair) => {
      const [name = "", ...value] = pair.split("=")
      if (name.trim() === "" || value.length === 0)
        throw new UsageError("--label must be names with values, like team=search,env=prod")
      return [name.trim(), value.join("=").trim()]
    }),
  )

const objectOf = (text: string): JsonObject => {
  try {
    const value = JSON.parse(text) as Json
    if (isObject(value)) return value
  } catch {
    // Told below, in the same words.
  }
  throw new UsageError(`--provider must be a JSON object, like '{"zdr":true}'`)
}

const openDesk = async (args: Arguments, io: CliIo): Promise<KeyDesk> => {
  const found = await reach(args, io)
  if (found.kind === "gateway") return remoteKeyDesk(found.client)
  const { localKeyDesk } = await import("./local-keys.ts")
  return localKeyDesk(found.config, io)
}

const withDesk = async <T>(args: Arguments, io: CliIo, work: (desk: KeyDesk) => Promise<T>): Promise<T> => {
  const desk = await openDesk(args, io)
  try {
    return await work(desk)
  } finally {
    await desk.close()
  }
}

/** The token stands alone on standard output, so that scripts can take it; everything else goes to standard error. */
export const createKeyCommand = async (args: Arguments, io: CliIo): Promise<number> => {
  const wanted = newKeyOf(args, io.now())
  const { token, key } = await withDesk(args, io, (desk) => desk.create(wanted))
  if (args.flag("json")) io.out(`${JSON.stringify({ key: token, data: key })}\n`)
  else {
    io.error(`Made the key ${key.name}. It is shown this once:\n`)
    io.out(`${token}\n`)
  }
  return exitCode.fine
}

const describe = (key: KeyLine, nowMs: number): string[] => {
  const expired = key.expires_at !== null && Date.parse(key.expires_at) <= nowMs
  const limit =
    key.limit === null ? "no limit" : `${key.limit} USD${key.limit_reset === "never" ? "" : ` ${key.limit_reset}`}`
  const state = key.disabled ? "disabled" : expired ? "expired" : "active"
  const models = key.models ? (key.models.length > 2 ? `${key.models.length} names` : key.models.join(", ")) : "all"
  const owner = key.owner ? `${key.owner.kind} ${key.owner.id.slice(0, 12)}` : key.source
  return [key.name, key.kind, state, limit, models, key.expires_at ?? "never", owner, key.label, key.id.slice(0, 12)]
}

export const listKeysCommand = async (args: Arguments, io: CliIo): Promise<number> => {
  const keys = await withDesk(args, io, (desk) => desk.list())
  if (args.flag("json")) io.out(`${JSON.stringify({ data: keys })}\n`)
  else if (keys.length === 0) io.out("There are no keys. Make one with: signalbox keys create NAME\n")
  else {
    const head = ["NAME", "KIND", "STATE", "LIMIT", "MODELS", "EXPIRES", "OWNER", "LABEL", "ID"]
    io.out(table([head, ...keys.map((key) => describe(key, io.now()))]))
  }
  return exitCode.fine
}

/** By whole name, or by an id or the beginning of one that fits a single key. */
const findKey = (keys: readonly KeyLine[], word: string): KeyLine => {
  const named = keys.filter((key) => key.name === word)
  const meant = named.length > 0 ? named : keys.filter((key) => word.length >= 6 && key.id.startsWith(word))
  if (meant.length === 1) return meant[0]!
  if (meant.length > 1) throw new CommandFailure(`${word} fits ${meant.length} keys; name one by its id (keys list)`)
  const hint = suggest(
    word,
    keys.map((key) => key.name),
  )
  throw new CommandFailure(`there is no key ${word}${hint ? `; did you mean ${hint}?` : ""}`)
}

export const disableKeyCommand = async (args: Arguments, io: CliIo): Promise<number> => {
  const disabled = await withDesk(args, io, async (desk) => {
    const key = findKey(await desk.list(), args.positionals[0]!)
    if (key.source === "file")
      throw new CommandFailure(`the key ${key.name} belongs to the configuration file; write disabled: true there`)
    return key.disabled ? key : desk.disable(key.id)
  })
  if (args.flag("json")) io.out(`${JSON.stringify({ data: disabled })}\n`)
  else io.out(`The key ${disabled.name} is disabled.\n`)
  return exitCode.fine
}
