import { countIn, factsOfRow, known, momentIn, rowsOf, textIn } from "signalbox/dialects"
import type { Endpoint, ModelListing } from "signalbox/plugin"

const page = (url: string, after?: string): string => {
  const address = new URL(url.replace(/\/messages$/, "/models"))
  address.searchParams.set("limit", "1000")
  if (after !== undefined) address.searchParams.set("after_id", after)
  return address.href
}

/** `GET /v1/models`, page by page (platform.claude.com/docs/en/api/models-list). `messages` is where messages go. */
export const modelListing = ({ url, headers: { "content-type": _, ...headers } }: Endpoint): ModelListing => ({
  endpoint: () => ({ url: page(url), headers }),
  read: (document) =>
    rowsOf(document).flatMap((row) => {
      // `type` is "model" here, and tells nothing of what it is for.
      const facts = factsOfRow({ ...row, type: null })
      if (facts === undefined) return []
      const context = countIn(row.max_input_tokens)
      return [{ ...facts, ...known({ context, created: momentIn(row.created_at) }) }]
    }),
  next(document) {
    const { has_more: more, last_id: last } = document as { has_more?: unknown; last_id?: never }
    const after = more === true ? textIn(last) : undefined
    return after === undefined ? undefined : { url: page(url, after), headers }
  },
})
