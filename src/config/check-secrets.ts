import type { CrossContext } from "./check-value.ts"
import type { Path } from "./document.ts"
import { placeOf } from "./places.ts"
import { pathText } from "./problem.ts"
import type { ConfigFile } from "./schema.ts"

const placeholder =
  /^(change.?me|replace.?me|secret|password|passw0rd|admin|default|example|test|token|todo|your|my|insert|12345678|qwerty|x{4,})/i

/** Well-known and monotonous tokens: whoever finds the port would try them first. */
const isGuessable = (token: string): boolean =>
  new Set(token).size < 5 || (token.length < 24 && placeholder.test(token))

const checkToken = (token: string, at: number, path: Path, context: CrossContext) => {
  const name = pathText(path)
  if (/[\s\p{Cc}]/u.test(token)) context.report(at, path, `${name} holds a space or a line break; a key has none`)
  else if (isGuessable(token)) context.report(at, path, `${name} is easy to guess; make one with: openssl rand -hex 32`)
}

const checkHeaders = (headers: Readonly<Record<string, string>>, path: Path, context: CrossContext) => {
  for (const [name, value] of Object.entries(headers)) {
    const at = placeOf(context, headers, name)
    if (!/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/.test(name))
      context.report(at, [...path, name], `${pathText([...path, name])} is no valid header name`)
    // RFC 9110 section 5.5; a line break would start another header.
    if (/[\0\r\n]/.test(value)) context.report(at, [...path, name], `${pathText([...path, name])} holds a line break`)
  }
}

/** Empty, guessable and shared secrets are refused. Messages name the setting, never the value. */
export const checkSecrets = (file: ConfigFile, context: CrossContext) => {
  const owners = new Map<string, string>()
  if (file.admin_key !== undefined) {
    checkToken(file.admin_key, placeOf(context, file, "admin_key"), ["admin_key"], context)
    owners.set(file.admin_key, "admin_key")
  }
  for (const [index, key] of (file.keys ?? []).entries()) {
    const at = placeOf(context, key, "key")
    const path = ["keys", index, "key"]
    checkToken(key.key, at, path, context)
    const owner = owners.get(key.key)
    if (owner === "admin_key")
      context.report(at, path, `the key ${key.name} equals admin_key; a management key cannot run inference`)
    else if (owner !== undefined) context.report(at, path, `the key ${key.name} has the same token as ${owner}`)
    else owners.set(key.key, `the key ${key.name}`)
  }
  for (const [index, provider] of (file.providers ?? []).entries()) {
    const path = ["providers", index]
    if (provider.api_key !== undefined && /[\s\p{Cc}]/u.test(provider.api_key))
      context.report(
        placeOf(context, provider, "api_key"),
        [...path, "api_key"],
        `${pathText([...path, "api_key"])} holds a space or a line break`,
      )
    if (provider.headers) checkHeaders(provider.headers, [...path, "headers"], context)
  }
}
