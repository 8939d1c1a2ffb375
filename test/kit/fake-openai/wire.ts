import type { ServerResponse } from "node:http"
import type { Refusal } from "./refusal.ts"
import type { Mishap } from "./scenarios.ts"

/** How long the last events before a cut have to arrive. */
const cutDelayMs = 25

export const send = (response: ServerResponse, { status, headers, body }: Refusal, id: string): void => {
  response.writeHead(status, { "content-type": "application/json", "x-request-id": id, ...headers })
  response.end(body)
}

/** What goes over the wire before a mishap, if there is one. */
export const pieces = (
  events: readonly string[],
  mishap: Mishap | undefined,
  size: number | undefined,
): readonly Uint8Array[] => {
  const passing = mishap === undefined ? events : events.slice(0, mishap.after)
  const texts = mishap?.kind === "inject" ? [...passing, mishap.text ?? ""] : passing
  const encoder = new TextEncoder()
  if (size === undefined) return texts.map((text) => encoder.encode(text))
  const bytes = encoder.encode(texts.join(""))
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  )
}

/** The same mishap for an answer in one piece: half of it arrives, or something else in its place. */
export const brokenWhole = (text: string, mishap: Mishap): readonly Uint8Array[] => {
  const encoder = new TextEncoder()
  if (mishap.kind === "inject") return [encoder.encode((mishap.text ?? "").replace(/^data: /, ""))]
  return mishap.after === 0 ? [] : [encoder.encode(text.slice(0, text.length / 2))]
}

/** Resolves when more can be written, or nothing ever will. */
const drained = (response: ServerResponse): Promise<void> =>
  new Promise((resolve) => {
    response.once("drain", resolve)
    response.once("close", resolve)
  })

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds))

export const writeStream = async (
  response: ServerResponse,
  parts: readonly Uint8Array[],
  mishap: Mishap | undefined,
  { delayMs, contentType }: { readonly delayMs: number; readonly contentType: string },
): Promise<void> => {
  response.writeHead(200, { "content-type": contentType, "cache-control": "no-cache" })
  response.flushHeaders()
  for (const part of parts) {
    if (response.destroyed) return
    if (delayMs > 0) await pause(delayMs)
    if (!response.write(part)) await drained(response)
  }
  if (mishap?.kind === "stall") return
  if (mishap?.kind !== "cut") {
    response.end()
    return
  }
  // Bun's fetch throws away what it has not handed over when the socket closes; a test that must be sure stalls, then calls `cut`.
  await pause(cutDelayMs)
  response.destroy()
}
