import type { Preset } from "../../config/config.ts"
import { GatewayError } from "../../contract/index.ts"
import { checkPreferences } from "../plan/preferences/strict-preferences.ts"
import { decode } from "./translate.ts"

/** Throws `invalid_request` with the path of a field that no chat request could have so; better now than at each request. */
export function checkPresetFields({ parameters }: Pick<Preset, "parameters">): void {
  const { provider, cache_enabled: enabled, cache_ttl_seconds: seconds } = parameters
  checkPreferences(provider, "parameters.provider")
  if (enabled !== undefined && typeof enabled !== "boolean") throw wrong("cache_enabled", "must be true or false")
  if (seconds !== undefined && (typeof seconds !== "number" || !(seconds > 0)))
    throw wrong("cache_ttl_seconds", "must be a number of seconds above 0")
  try {
    decode(parameters)
  } catch (thrown) {
    if (!GatewayError.is(thrown) || thrown.param === undefined) throw thrown
    throw new GatewayError("invalid_request", `parameters.${thrown.message}`, { param: `parameters.${thrown.param}` })
  }
}

const wrong = (key: string, words: string) =>
  new GatewayError("invalid_request", `"parameters.${key}" ${words}.`, { param: `parameters.${key}` })
