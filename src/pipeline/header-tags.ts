import { isObject, type JsonObject } from "../contract/index.ts"

const prefix = "x-requesty-"
/** Names and values beyond that are no tags. */
const mostHeaders = 20
const longestValue = 200

/**
 * `X-Requesty-<Name>` is `requesty.extra.<Name>` of a client that cannot change its body, which goes before it; names are the same in any
 * case (docs.requesty.ai, request metadata). Gives the labels as they were where there are no such headers.
 */
export function withHeaderTags(
  labels: Readonly<Record<string, unknown>> | undefined,
  headers: Headers,
): Readonly<Record<string, unknown>> | undefined {
  let found: JsonObject | undefined
  for (const name of headers.keys())
    if (name.startsWith(prefix) && name.length > prefix.length) {
      found ??= {}
      if (Object.keys(found).length < mostHeaders)
        found[name.slice(prefix.length)] = headers.get(name)!.slice(0, longestValue)
    }
  if (found === undefined) return labels
  const requesty = isObject(labels?.requesty) ? labels.requesty : {}
  const extra: JsonObject = isObject(requesty.extra) ? { ...requesty.extra } : {}
  const own = new Set(Object.keys(extra).map((name) => name.toLowerCase()))
  for (const [name, value] of Object.entries(found)) if (!own.has(name)) extra[name] = value
  return { ...labels, requesty: { ...requesty, extra } }
}
