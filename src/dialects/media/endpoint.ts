import {
  type AbilityCall,
  type Endpoint,
  GatewayError,
  isObject,
  type Json,
  type JsonObject,
  type MediaFile,
} from "../../contract/index.ts"
import { inlineUpstreamError } from "../translate/index.ts"
import { wordsOf } from "../upstream-error/index.ts"

/**
 * Where an upstream's media routes are. `path` is as OpenAI names it (`images/generations`) or as the vendor's own shape does; the headers
 * are those of every request, without `content-type`.
 */
export type MediaEndpoint = (path: string, model: string) => Endpoint

/** The usual one: paths below a base URL, whose query stays behind the path. */
export const mediaEndpoint =
  (base: string | URL, headers: Readonly<Record<string, string>>): MediaEndpoint =>
  (path) => {
    const url = new URL(base)
    url.pathname = `${url.pathname.replace(/\/+$/, "")}/${path}`
    // Abilities say themselves what they send.
    const { "content-type": _, ...rest } = headers
    return { url: url.href, headers: rest }
  }

/** The same with parameters in the address; undefined ones are left out. */
export const withQuery =
  (endpoint: MediaEndpoint, parameters: Readonly<Record<string, string | undefined>>): MediaEndpoint =>
  (path, model) => {
    const { url, headers } = endpoint(path, model)
    const address = new URL(url)
    for (const [name, value] of Object.entries(parameters))
      if (value !== undefined) address.searchParams.set(name, value)
    return { url: address.href, headers }
  }

export const postJson = (
  call: AbilityCall,
  endpoint: MediaEndpoint,
  path: string,
  body: JsonObject,
  accept = "application/json",
): Promise<Response> => {
  const { url, headers } = endpoint(path, call.model)
  return call.send({
    url,
    headers: { accept, "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  })
}

export const postForm = (
  call: AbilityCall,
  endpoint: MediaEndpoint,
  path: string,
  body: FormData,
  accept = "application/json",
): Promise<Response> => {
  const { url, headers } = endpoint(path, call.model)
  return call.send({ url, headers: { accept, ...headers }, body })
}

/** A form part of a file. */
export const formFile = (file: MediaFile): File => new File([file.bytes.slice()], file.name, { type: file.mime })

/** Everything of `fields` as parts of a form; lists as `name[]` or what else is behind the name, objects as JSON. */
export const appendFields = (
  form: FormData,
  fields: Readonly<Record<string, Json | undefined>>,
  listSuffix = "[]",
): void => {
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined || value === null) continue
    if (Array.isArray(value)) for (const item of value) form.append(`${name}${listSuffix}`, formText(item))
    else form.append(name, formText(value))
  }
}

const formText = (value: Json): string => (typeof value === "object" ? JSON.stringify(value) : String(value))

export const badReply = (words: string, detail?: string): GatewayError =>
  new GatewayError("bad_provider_response", words, detail === undefined ? {} : { detail })

/** A reply's JSON object. Some servers tell of a failure inside a 200; a job's `error` (`errors-inside`) is for its own reader. */
export const jsonReply = async (response: Response, kind: "plain" | "errors-inside" = "plain"): Promise<JsonObject> => {
  const text = await response.text()
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch (cause) {
    throw new GatewayError("bad_provider_response", "The upstream's answer is not JSON", { cause })
  }
  if (!isObject(body)) throw badReply("The upstream's answer is not a JSON object")
  if (kind === "plain" && body.error !== undefined && body.error !== null && body.error !== false)
    throw inlineUpstreamError(wordsOf(body), "the upstream")
  return body
}

/** The path of a model's name: its slashes stay, everything else is escaped. */
export const modelSegments = (model: string): string => model.split("/").map(encodeURIComponent).join("/")
