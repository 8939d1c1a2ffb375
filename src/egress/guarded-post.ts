import { GatewayError } from "../contract/index.ts"
import { pin } from "./pin.ts"

export interface PostParts {
  readonly fetch: typeof fetch
  /** All addresses of a host name. */
  readonly resolve: (host: string) => Promise<readonly string[]>
  /** Networks that may be called though they are not public. */
  readonly allow: () => readonly string[]
}

export interface Post {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** The operator's own word in the configuration, which may lead anywhere. */
  readonly trusted: boolean
  /** Ends it. */
  readonly signal: AbortSignal
}

export interface Posted {
  readonly status: number
  /** The beginning of what was answered. */
  readonly text: string
}

/** Sends what somebody wants to be told of. Throws GatewayError where that must not be sent, and what `fetch` throws where it cannot. */
export type GuardedPost = (post: Post) => Promise<Posted>

const longestAnswer = 2_000

/** Whether an address may be one to send to at all; what is wrong with it otherwise. Where it leads is looked at with each call. */
export function postProblem(given: string): string | undefined {
  const url = URL.parse(given)
  if (!url) return "a valid URL, like https://hooks.example.com/alerts"
  if (url.protocol !== "https:" && url.protocol !== "http:") return "an https:// address"
  if (url.username !== "" || url.password !== "") return "an address without a password in it"
  return undefined
}

/**
 * To addresses that came by the API only over https (plain http where the operator allows the network), only to such that are public or
 * allowed, pinned; no redirect is followed, whoever named the address, because what is signed is for one receiver.
 */
export function createGuardedPost(parts: PostParts): GuardedPost {
  return async ({ url: given, headers, body, trusted, signal }) => {
    const problem = postProblem(given)
    if (problem !== undefined) throw refuse(`The address must be ${problem}.`)
    const url = new URL(given)
    const response = trusted
      ? await parts.fetch(url.href, { method: "POST", headers: { ...headers }, body, redirect: "manual", signal })
      : await guarded(url)
    return { status: response.status, text: await beginningOf(response) }

    async function guarded(url: URL): Promise<Response> {
      const pinned = await pin(url, parts.resolve, parts.allow())
      if (!pinned)
        throw refuse(
          `${url.host} leads to an address that is not public. Name the network in egress.allow, or the destination in the file.`,
        )
      if (url.protocol === "http:" && !pinned.isException)
        throw refuse(`${url.host} would be called without encryption. Use an https:// address.`)
      // The name may take its time to be found; nothing is sent after the end.
      signal.throwIfAborted()
      const all = { ...headers, host: pinned.host }
      return parts.fetch(pinned.href, { ...pinned.init, method: "POST", headers: all, body, signal })
    }
  }
}

const refuse = (message: string) => new GatewayError("invalid_request", message, { param: "url" })

async function beginningOf(response: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ""
  if (!response.body) return text
  const reader = response.body.getReader()
  while (text.length < longestAnswer) {
    const { done, value } = await reader.read()
    if (done) return text
    text += decoder.decode(value, { stream: true })
  }
  await reader.cancel()
  return text.slice(0, longestAnswer)
}
