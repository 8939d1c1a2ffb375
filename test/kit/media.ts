import type { AbilityCall, Json, Loss, MediaFile } from "../../src/contract/index.ts"

/** A part of a form as a test compares it: a text, or what is known of a file. */
export type SeenPart = readonly [
  string,
  string | { readonly name: string; readonly mime: string; readonly text: string },
]

export interface SeenMedia {
  readonly method: string
  /** With the query. */
  readonly path: string
  readonly headers: Headers
  readonly json?: Json
  readonly form?: readonly SeenPart[]
  readonly bytes?: Uint8Array
}

/** The runtime tells types of received files by other names than were sent: `audio/x-wav`. */
const mimeOf = (file: File): string => file.type.replace("audio/x-", "audio/")

const readForm = async (request: Request): Promise<readonly SeenPart[]> => {
  const parts: SeenPart[] = []
  for (const [name, value] of (await request.formData()).entries() as Iterable<[string, string | File]>) {
    if (typeof value === "string") parts.push([name, value])
    else parts.push([name, { name: value.name, mime: mimeOf(value), text: await value.text() }])
  }
  return parts
}

const seen = async (request: Request): Promise<SeenMedia> => {
  const { pathname, search } = new URL(request.url)
  const about = { method: request.method, path: pathname + search, headers: request.headers }
  const type = request.headers.get("content-type") ?? ""
  if (type.startsWith("multipart/form-data")) return { ...about, form: await readForm(request) }
  if (type.startsWith("application/json")) return { ...about, json: (await request.json()) as Json }
  const bytes = new Uint8Array(await request.arrayBuffer())
  return bytes.length === 0 ? about : { ...about, bytes }
}

/** An upstream on a free port of this machine, which remembers what it was asked. */
export const startMediaServer = (answer: (asked: SeenMedia, index: number) => Response | Json) => {
  const requests: SeenMedia[] = []
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      const asked = await seen(request)
      requests.push(asked)
      const given = answer(asked, requests.length - 1)
      return given instanceof Response ? given : Response.json(given)
    },
  })
  return { url: `http://127.0.0.1:${server.port}`, requests, [Symbol.asyncDispose]: () => server.stop(true) }
}

/** What an ability gets, with a real `send`; failing statuses are thrown as they come. */
export const abilityCall = (model: string) => {
  const losses: Loss[] = []
  const waits: number[] = []
  const call: AbilityCall = {
    model,
    signal: new AbortController().signal,
    async send({ url, method = "POST", headers, body }) {
      const given = body === undefined ? {} : { body: body instanceof Uint8Array ? body.slice() : body }
      const response = await fetch(url, { method, headers, ...given })
      if (!response.ok) throw new Error(`${response.status} ${await response.text()}`)
      return response
    },
    wait: async (milliseconds) => {
      waits.push(milliseconds)
    },
    lose: (loss) => losses.push(loss),
    newId: (prefix) => `${prefix}1`,
  }
  return { call, losses, waits, lost: () => losses.map(({ path, action }) => `${action} ${path}`) }
}

export const mediaFileOf = (text: string, mime: string, name: string): MediaFile => ({
  bytes: new TextEncoder().encode(text),
  mime,
  name,
})

/** A PNG of one pixel. */
export const tinyPng =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
