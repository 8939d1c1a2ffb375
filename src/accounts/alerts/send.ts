import { type Alert, GatewayError, messageOf, type Notifier } from "../../contract/index.ts"
import type { GuardedPost } from "../../egress/guarded-post.ts"
import { conceal } from "./conceal.ts"
import type { Destination, OpenDestination, Sent } from "./types.ts"

export interface SendParts {
  readonly notifier: (name: string) => Notifier | undefined
  readonly post: GuardedPost
  readonly open: (destination: Destination) => Promise<OpenDestination>
  readonly clock: { now(): number }
}

/** How long a receiver may take. */
export const longestTryMs = 15_000

/**
 * Tells one destination, once. Never throws. `ended` ends it early; `late` is the time that a receiver has, begun with the try.
 */
export async function send(
  parts: SendParts,
  alert: Alert,
  destination: Destination,
  ended: AbortSignal,
  late: AbortSignal,
): Promise<Sent> {
  let hide = (text: string): string => text
  try {
    const notifier = parts.notifier(destination.notifier)
    if (!notifier) return failed(`There is no notifier "${destination.notifier}". Is its plugin running?`, true)
    const { headers = {}, body } = notifier.message(alert)
    const text = JSON.stringify(body)
    const { url, secret } = await parts.open(destination)
    hide = (text) => conceal(text, url, secret)
    const { status, text: said } = await parts.post({
      url,
      headers: { ...headers, ...ownHeaders(alert), ...(secret ? signature(secret, text, parts.clock.now()) : {}) },
      body: text,
      trusted: destination.source === "file",
      signal: AbortSignal.any([ended, late]),
    })
    const answer = hide(said)
    if (status >= 200 && status < 300) return { ok: true, status, answer, retry: false }
    return {
      ok: false,
      status,
      answer,
      error: `The receiver answered with status ${status}.`,
      retry: isPassing(status),
    }
  } catch (thrown) {
    if (late.aborted) return failed(`The receiver did not answer within ${longestTryMs / 1000} seconds.`, true)
    // What the gateway itself refuses, it refuses again; what a plugin throws may be mended.
    const final = GatewayError.is(thrown) && thrown.code !== "plugin_failed"
    const words = final ? thrown.message : `The receiver cannot be reached: ${messageOf(thrown)}`
    return failed(hide(words), !final)
  }
}

const failed = (error: string, retry: boolean): Sent => ({ ok: false, error, retry })

const isPassing = (status: number): boolean => status === 408 || status === 429 || status >= 500

const ownHeaders = ({ id }: Alert) => ({
  "content-type": "application/json",
  "user-agent": "signalbox",
  "x-signalbox-alert": id,
})

/** Over time and text, so that what was heard once cannot be said again later. Seconds since 1970, as `date +%s` prints them. */
export function signature(secret: string, body: string, now: number): Record<string, string> {
  const seconds = Math.floor(now / 1000)
  const code = new Bun.CryptoHasher("sha256", secret).update(`${seconds}.${body}`).digest("hex")
  return { "x-signalbox-signature": `t=${seconds},v1=${code}` }
}
