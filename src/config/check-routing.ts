import type { CrossContext } from "./check-value.ts"
import { longestTtlSeconds } from "./config.ts"
import type { Path } from "./document.ts"
import { placeOf, refuseTwice } from "./places.ts"
import { pathText } from "./problem.ts"
import type { ConfigFile, ModelConfig, ProviderConfig } from "./schema.ts"
import { isDay } from "./timestamp.ts"

/** Dates of a model; knowledge may be known to the month only. */
export const checkDates = (model: ModelConfig, path: Path, context: CrossContext) => {
  for (const name of ["released", "shutdown", "knowledge"] as const) {
    const value = model[name]
    if (value === undefined) continue
    const whole = name === "knowledge" && /^\d{4}-\d{2}$/.test(value) ? `${value}-01` : value
    if (!isDay(whole))
      context.report(
        placeOf(context, model, name),
        [...path, name],
        `${pathText([...path, name])} must be a day like 2026-01-31${name === "knowledge" ? ", or a month like 2026-01" : ""}`,
      )
  }
}

/** One key or several: both would leave open which of them counts. */
export const checkCredentials = (provider: ProviderConfig, path: Path, context: CrossContext) => {
  const { api_keys: keys } = provider
  if (!keys) return
  const at = placeOf(context, provider, "api_keys")
  const name = [...path, "api_keys"]
  if (provider.api_key !== undefined)
    context.report(at, name, `${pathText(path)} has api_key and api_keys; write all of them under api_keys`)
  for (const [index, key] of keys.entries()) {
    if (/[\s\p{Cc}]/u.test(key))
      context.report(at, [...name, index], `${pathText([...name, index])} holds a space or a line break`)
    if (keys.indexOf(key) < index) context.report(at, [...name, index], `${pathText(name)} has the same key twice`)
  }
}

const checkPresets = (file: ConfigFile, context: CrossContext) => {
  const presets = file.presets ?? {}
  for (const slug of Object.keys(presets)) {
    const path = ["presets", slug]
    if (!/^[a-z0-9][a-z0-9_-]*$/.test(slug))
      context.report(
        placeOf(context, presets, slug),
        path,
        `a preset's name is lower case letters, digits, - and _, not ${slug}`,
      )
    const { messages, stream, model } = presets[slug]!.parameters
    const refuse = (words: string) =>
      context.report(
        placeOf(context, presets[slug]!, "parameters"),
        [...path, "parameters"],
        `${pathText(path)}.parameters holds ${words}`,
      )
    if (messages !== undefined) refuse("messages; only a system prompt can be laid under a request, as system")
    if (stream !== undefined) refuse("stream; whether an answer is streamed is the request's own matter")
    if (typeof model === "string" && model.includes("@preset/"))
      refuse(`model: ${model}; one preset cannot stand on another`)
  }
}

const checkDoors = (file: ConfigFile, context: CrossContext) => {
  const { server } = file
  for (const [index, host] of (server?.hosts ?? []).entries())
    if (!/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(host.name))
      context.report(
        placeOf(context, host, "name"),
        ["server", "hosts", index, "name"],
        `server.hosts[${index}].name must be a host name without a port, like eu.llm.example.com`,
      )
  refuseTwice(context, server?.hosts ?? [], "name", ({ name }) => name.toLowerCase(), ["server", "hosts"])
  const taken = new Set([`${server?.host ?? "127.0.0.1"}:${server?.port ?? 8080}`])
  for (const [index, listener] of (server?.listeners ?? []).entries()) {
    const address = `${listener.host ?? server?.host ?? "127.0.0.1"}:${listener.port}`
    if (listener.port !== 0 && taken.has(address))
      context.report(
        placeOf(context, listener, "port"),
        ["server", "listeners", index],
        `server.listeners[${index}]: ${address} is listened on already`,
      )
    taken.add(address)
  }
}

/** Mistakes in what decides where requests go. */
export const checkRouting = (file: ConfigFile, context: CrossContext) => {
  checkPresets(file, context)
  checkDoors(file, context)
  const approved = file.approved_models
  if (approved?.mode === "listed" && (approved.models ?? []).length === 0)
    context.warn(
      placeOf(context, file, "approved_models"),
      ["approved_models"],
      "approved_models lists no model, so none can be called until some are approved through the API",
    )
  if (approved && approved.mode !== "rules" && approved.rules !== undefined)
    context.report(
      placeOf(context, approved, "rules"),
      ["approved_models", "rules"],
      `approved_models.rules count only with mode: rules, not with ${approved.mode}`,
    )
  const ttl = file.cache?.ttl_seconds
  if (ttl !== undefined && ttl > longestTtlSeconds)
    context.report(
      placeOf(context, file.cache!, "ttl_seconds"),
      ["cache", "ttl_seconds"],
      `cache.ttl_seconds must be at most ${longestTtlSeconds}, a day`,
    )
}
