import { checkAlerts } from "./check-alerts.ts"
import { checkNames } from "./check-names.ts"
import { checkCredentials, checkDates, checkRouting } from "./check-routing.ts"
import { checkSecrets } from "./check-secrets.ts"
import type { CrossContext } from "./check-value.ts"
import type { Path } from "./document.ts"
import { isWritten, placeOf, refuseTwice } from "./places.ts"
import { pathText } from "./problem.ts"
import type { ConfigFile, ModelConfig, ProviderConfig } from "./schema.ts"
import { parseTimestamp } from "./timestamp.ts"

const isNetwork = (text: string): boolean => {
  // Loads the runtime's streams, which most gateways never need: 3 MB.
  const { isIP }: typeof import("node:net") = require("node:net")
  const [address = "", prefix] = text.split("/")
  const version = isIP(address)
  if (version === 0) return false
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128))
}

/** The name under which the management key of the file is listed. */
const adminKeyName = "admin_key"

const checkExpiry = (file: ConfigFile, context: CrossContext) => {
  for (const [index, key] of (file.keys ?? []).entries()) {
    if (key.expires_at === undefined) continue
    const at = placeOf(context, key, "expires_at")
    const path = ["keys", index, "expires_at"]
    const value = parseTimestamp(key.expires_at)
    if (value === undefined)
      context.report(at, path, "expires_at must be a date-time with a time zone, like 2030-01-31T12:00:00Z")
    else if (value <= context.nowMs) context.warn(at, path, `the key ${key.name} has expired`)
  }
}

/** What each kind is counted by where it is not tokens. */
const units = { images: "images", rerank: "searches", speech: "characters", transcription: "seconds" } as const

/** A forgotten price would be a free one. What is not billed by tokens needs no price for them. */
const checkPrice = (model: ModelConfig, path: Path, context: CrossContext) => {
  const { price, kind = "chat" } = model
  const unit = kind === "chat" || kind === "embeddings" ? undefined : units[kind]
  const isBilled = price?.request !== undefined || (unit !== undefined && price?.per_unit?.[unit] !== undefined)
  if (!price || isBilled) return
  const needed = kind === "embeddings" || kind === "rerank" ? (["input"] as const) : (["input", "output"] as const)
  for (const side of needed)
    if (!isWritten(context, price, side))
      context.report(
        placeOf(context, model, "price"),
        [...path, "price"],
        `${pathText(path)}.price has no ${side}; set it, 0 for free, or bill by ${unit === undefined ? "" : `per_unit.${unit} or `}request`,
      )
}

const checkModel = (model: ModelConfig, path: Path, context: CrossContext) => {
  if (model.context !== undefined && model.max_output !== undefined && model.max_output > model.context)
    context.report(placeOf(context, model, "max_output"), path, `${pathText(path)}: max_output is larger than context`)
  checkPrice(model, path, context)
  checkDates(model, path, context)
  let last = -1
  for (const tier of model.price?.tiers ?? []) {
    if (tier.above <= last)
      context.report(
        placeOf(context, tier, "above"),
        [...path, "price", "tiers"],
        `${pathText(path)}: price tiers must ascend; ${tier.above} comes after ${last}`,
      )
    last = tier.above
  }
}

const checkProvider = (provider: ProviderConfig, index: number, context: CrossContext) => {
  const path = ["providers", index]
  const models = provider.models ?? []
  refuseTwice(context, models, "id", (model) => model.id, [...path, "models"])
  for (const [number, model] of models.entries()) checkModel(model, [...path, "models", number], context)
  checkCredentials(provider, path, context)
  if (provider.base_url === undefined) return
  const at = placeOf(context, provider, "base_url")
  const url = URL.parse(provider.base_url)
  if (!url) context.report(at, [...path, "base_url"], `${pathText(path)}.base_url is no valid URL`)
  else if (url.username !== "" || url.password !== "")
    context.report(at, [...path, "base_url"], `${pathText(path)}.base_url holds a password; use api_key or headers`)
}

/** Mistakes that need more than one field to be seen. */
export const crossCheck = (file: ConfigFile, context: CrossContext) => {
  const providers = file.providers ?? []
  refuseTwice(context, providers, "id", (provider) => provider.id, ["providers"])
  for (const [index, provider] of providers.entries()) checkProvider(provider, index, context)
  refuseTwice(context, file.plugins?.use ?? [], "name", (plugin) => plugin.name, ["plugins", "use"])
  refuseTwice(context, file.keys ?? [], "name", (key) => key.name, ["keys"])
  for (const [index, key] of (file.keys ?? []).entries())
    if (key.name === adminKeyName)
      context.report(
        placeOf(context, key, "name"),
        ["keys", index, "name"],
        `the name ${adminKeyName} is taken; choose another`,
      )
  for (const [index, network] of (file.egress?.allow ?? []).entries())
    if (!isNetwork(network))
      context.report(
        placeOf(context, file.egress!, "allow"),
        ["egress", "allow", index],
        `egress.allow[${index}] must be an address or a network like 10.0.0.0/8`,
      )
  const publicUrl = file.server?.public_url
  if (publicUrl !== undefined && !URL.canParse(publicUrl))
    context.report(
      placeOf(context, file.server!, "public_url"),
      ["server", "public_url"],
      "server.public_url is no valid URL",
    )
  if (file.store && !/^(libsql|https?|wss?):\/\/./.test(file.store.url))
    context.report(
      placeOf(context, file.store, "url"),
      ["store", "url"],
      "store.url must begin with libsql:// or https://; leave store out for a file in data_dir",
    )
  checkExpiry(file, context)
  checkAlerts(file, context)
  checkNames(file, context)
  checkRouting(file, context)
  checkSecrets(file, context)
}
