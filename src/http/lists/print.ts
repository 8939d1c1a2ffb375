import { inSlices, type Steps } from "../../catalog/steps.ts"
import { putBounded } from "../../contract/bounded.ts"
import type { HttpServices } from "../services.ts"
import type { View } from "./listed.ts"

interface Printed {
  readonly text: string
  readonly etag: string
}

/** Addresses whose answers are kept per access; clients ask for few different ones. */
const mostPrinted = 24

/** A list as text. `name` says what it was printed for; without one it has live values and is printed anew. */
export function print(
  { pipeline }: HttpServices,
  { printed }: View,
  name: string | undefined,
  make: () => Steps<string>,
): Promise<Printed> {
  const known = name === undefined ? undefined : (printed.get(name) as Promise<Printed> | undefined)
  if (known) return known
  const made = inSlices(make(), pipeline.now).then(tagged)
  if (name === undefined) return made
  putBounded(printed, mostPrinted, name, made)
  // What could not be printed is tried again by whoever asks next.
  made.catch(() => printed.delete(name))
  return made
}

/** An answer as JSON, a row of its list at a time: tens of thousands of models at once would hold up every request. */
export function* listText<T>(
  answer: Readonly<Record<string, unknown>> & { readonly data: readonly T[] },
  rowOf: (row: T) => unknown,
): Steps<string> {
  const rows: string[] = []
  for (const row of answer.data) {
    rows.push(JSON.stringify(rowOf(row)))
    yield
  }
  const fields = Object.entries(answer).map(
    ([name, value]) =>
      `${JSON.stringify(name)}:${value === answer.data ? `[${rows.join(",")}]` : JSON.stringify(value)}`,
  )
  return `{${fields.join(",")}}`
}

/** A text with what tells whether it is still the same. */
export const tagged = (text: string): Printed => ({ text, etag: `W/"${Bun.hash(text).toString(36)}"` })

/** The text, or that nothing has changed since the client has read it. Who asks with another key may get another list. */
export function reply(
  services: HttpServices,
  request: Request,
  { text, etag }: Printed,
  type = "application/json",
): Response {
  const headers = {
    "x-request-id": services.newRequestId(),
    "cache-control": "private, no-cache",
    vary: "authorization, x-api-key, x-goog-api-key, anthropic-version",
    etag,
  }
  if (isKnown(request.headers.get("if-none-match"), etag)) return new Response(null, { status: 304, headers })
  return new Response(text, { headers: { ...headers, "content-type": type } })
}

const isKnown = (sent: string | null, etag: string): boolean =>
  sent !== null &&
  (sent.trim() === "*" || sent.split(",").some((one) => one.trim().replace(/^W\//, "") === etag.slice(2)))
