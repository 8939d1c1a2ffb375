import type { CallInfo, SearchQuery, SearchResult } from "signalbox/plugin"
import type { Backend, RawResult } from "./backend.ts"

export interface SearchSettings {
  readonly backend: Backend
  readonly base: string
  readonly key: string | undefined
  readonly maxResults: number
  readonly timeoutMs: number
}

/** The largest answer that is read. */
const mostBytes = 4 * 1024 * 1024

/** One search. Throws an Error that says what the service answered, without the key. */
export async function searchOnce(
  { backend, base, key, maxResults, timeoutMs }: SearchSettings,
  send: typeof fetch,
  asked: SearchQuery,
  { signal }: Pick<CallInfo, "signal">,
): Promise<readonly SearchResult[]> {
  const query = { ...asked, query: asked.query.trim(), maxResults: Math.min(asked.maxResults, maxResults) }
  if (query.query === "") return []
  const { url, headers, body } = backend.request(query, base, key)
  const response = await send(url, {
    method: body ? "POST" : "GET",
    headers: { accept: "application/json", ...(body ? { "content-type": "application/json" } : {}), ...headers },
    ...(body ? { body: JSON.stringify(body) } : {}),
    // A redirect would carry the key to a host that nobody configured.
    redirect: "manual",
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
  })
  if (!response.ok) {
    await response.body?.cancel()
    throw new Error(`${new URL(base).host} answered with status ${response.status}${hint(response.status)}`)
  }
  const results = backend.read(parse(await readText(response), base))
  return results.flatMap(resultOf).slice(0, query.maxResults)
}

const hint = (status: number): string => {
  if (status === 401 || status === 403) return ": the key is wrong, or the service does not allow JSON answers"
  return status === 429 ? ": too many searches" : ""
}

async function readText(response: Response): Promise<string> {
  const reader = response.body?.getReader()
  const decoder = new TextDecoder()
  let text = ""
  let bytes = 0
  while (reader) {
    const { done, value } = await reader.read()
    if (done) break
    bytes += value.byteLength
    if (bytes > mostBytes) {
      await reader.cancel()
      throw new Error("the answer is too large")
    }
    text += decoder.decode(value, { stream: true })
  }
  return text + decoder.decode()
}

function parse(text: string, base: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new Error(`${new URL(base).host} answered with something that is not JSON`, { cause })
  }
}

const resultOf = ({ url, title, content }: RawResult): SearchResult[] => {
  if (typeof url !== "string" || !/^https?:\/\//i.test(url) || !URL.canParse(url)) return []
  const words = typeof content === "string" ? content.trim() : ""
  return [{ url, title: typeof title === "string" && title.trim() !== "" ? title.trim() : url, content: words }]
}
