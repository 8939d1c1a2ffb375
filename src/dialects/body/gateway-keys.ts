import { type Extras, gatewayExtras, type JsonObject } from "../../contract/index.ts"

/**
 * Top-level fields that are addressed to the gateway (OpenRouter's routing, Requesty's labels) and never go upstream.
 * `stream_options` is not among them: the gateway merges its own wish into it.
 */
export const gatewayKeys: ReadonlySet<string> = new Set([
  "models",
  "provider",
  "plugins",
  "route",
  "transforms",
  "session_id",
  "trace",
  "debug",
  "usage",
  "requesty",
  "preset",
  "include_reasoning",
  "max_tool_calls",
  "stop_server_tools_when",
])

/** Fields of a body that are addressed to the gateway by their `keys`, apart from those of the format. */
export const partFields = (
  fields: JsonObject,
  keys: ReadonlySet<string>,
): { readonly own: JsonObject; readonly gateway: JsonObject } => {
  const own: JsonObject = {}
  const gateway: JsonObject = {}
  for (const [key, value] of Object.entries(fields)) (keys.has(key) ? gateway : own)[key] = value
  return { own, gateway }
}

/** `{ extras }` when there is something to keep, so that absent stays absent. */
export const requestExtras = (dialect: string, own: JsonObject, gateway: JsonObject): { readonly extras?: Extras } => {
  const extras: Record<string, JsonObject> = {}
  if (Object.keys(own).length > 0) extras[dialect] = own
  if (Object.keys(gateway).length > 0) extras[gatewayExtras] = gateway
  return Object.keys(extras).length > 0 ? { extras } : {}
}
