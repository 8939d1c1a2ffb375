import { expect } from "bun:test"
import { adminKey, type TestGateway } from "./gateway.ts"

/** JSON that a test looks into. */
type Answer = Awaited<ReturnType<Response["json"]>>

/** Whoever has a key, at the management API. */
export interface Admin {
  readonly token: string
  send(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Response>
  /** Expects that it went well. */
  ok(method: string, path: string, body?: unknown): Promise<Answer>
  /** Expects a refusal with this status, and gives its error. */
  refused(status: number, method: string, path: string, body?: unknown): Promise<Answer>
  key(fields: Readonly<Record<string, unknown>>): Promise<{ readonly id: string; readonly token: string }>
  /** A new member with a management key. */
  memberKey(
    role: string,
    fields?: Readonly<Record<string, unknown>>,
  ): Promise<{ readonly id: string; readonly token: string; readonly memberId: string }>
}

let members = 0

export function adminOf(gateway: Pick<TestGateway, "url">, token: string = adminKey): Admin {
  const send: Admin["send"] = (method, path, body, headers = {}) =>
    fetch(`${gateway.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  const ok: Admin["ok"] = async (method, path, body) => {
    const response = await send(method, path, body)
    const text = await response.text()
    expect(response.ok, `${method} ${path}: ${response.status} ${text}`).toBe(true)
    return text === "" ? undefined : JSON.parse(text)
  }
  const key: Admin["key"] = async (fields) => {
    const { key, data } = await ok("POST", "/admin/keys", fields)
    return { token: key, id: data.id }
  }
  return {
    token,
    send,
    ok,
    key,
    async refused(status, method, path, body) {
      const response = await send(method, path, body)
      const answer = (await response.json()) as Answer
      expect(response.status, `${method} ${path}: ${JSON.stringify(answer)}`).toBe(status)
      return answer.error
    },
    async memberKey(role, fields = {}) {
      const { data } = await ok("POST", "/admin/members", { email: `${role}-${members++}@example.test`, role })
      const owner = { kind: "member", id: data.id }
      const made = await key({ name: `${role}'s`, kind: "management", owner, ...fields })
      return { ...made, memberId: data.id }
    },
  }
}
