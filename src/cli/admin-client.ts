import { isObject, type Json } from "../contract/json.ts"
import { type CliIo, CommandFailure } from "./io.ts"
import type { KeyDesk, KeyLine, NewKey } from "./key-desk.ts"

/** Asks a running gateway with its management key. Throws CommandFailure in the gateway's own words. */
export interface AdminClient {
  ask(method: "GET" | "POST" | "PATCH", path: string, body?: object): Promise<Json>
}

const wordsOf = (body: Json | undefined): string | undefined => {
  if (!isObject(body)) return undefined
  if (Array.isArray(body.problems) && body.problems.length > 0) return body.problems.join("\n")
  return isObject(body.error) && typeof body.error.message === "string" ? body.error.message : undefined
}

const parse = (text: string): Json | undefined => {
  try {
    return JSON.parse(text) as Json
  } catch {
    return undefined
  }
}

export const adminClient = (url: string, key: string | undefined, fetcher: CliIo["fetch"]): AdminClient => ({
  async ask(method, path, body) {
    const headers = {
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    }
    const base = url.replace(/\/+$/, "")
    let response: Response
    try {
      response = await fetcher(`${base}${path}`, {
        method,
        headers,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
    } catch (thrown) {
      throw new CommandFailure(`the gateway at ${base} cannot be reached: ${(thrown as Error).message}`)
    }
    const answer = parse(await response.text())
    if (response.ok && answer !== undefined) return answer
    if (response.status === 401 && key === undefined)
      throw new CommandFailure(
        `the gateway at ${base} wants its management key: give --admin-key KEY or set SIGNALBOX_ADMIN_KEY`,
      )
    throw new CommandFailure(
      wordsOf(answer) ?? `the gateway at ${base} answered ${response.status} to ${method} ${path}`,
    )
  },
})

const member = (answer: Json, name: string): Json => {
  const value = isObject(answer) ? answer[name] : undefined
  if (value === undefined) throw new CommandFailure(`the gateway's answer has no ${name}; is it of another version?`)
  return value
}

/** Keys through `/admin/keys` of a running gateway. */
export const remoteKeyDesk = (client: AdminClient): KeyDesk => ({
  async create(key: NewKey) {
    const answer = await client.ask("POST", "/admin/keys", key)
    return { token: String(member(answer, "key")), key: member(answer, "data") as unknown as KeyLine }
  },
  list: async () => member(await client.ask("GET", "/admin/keys"), "data") as unknown as KeyLine[],
  disable: async (id) =>
    member(
      await client.ask("PATCH", `/admin/keys/${encodeURIComponent(id)}`, { disabled: true }),
      "data",
    ) as unknown as KeyLine,
  close: async () => {},
})
