import type { ChatPart, JsonObject } from "../../../contract/index.ts"
import { dialectName } from "../formats.ts"

/** A source on the web as this format cites it: as the upstream wrote it, or what is known of it. */
export const citationOf = (citation: Extract<ChatPart, { type: "citation" }>): JsonObject =>
  citation.extras?.[dialectName] ?? {
    type: "web_search_result_location",
    url: citation.url,
    title: citation.title ?? null,
    // Only the vendor that searched knows it; clients demand the field.
    encrypted_index: "",
    cited_text: citation.content ?? "",
  }

/** Places in documents (`char_location`, `page_location` …), which are no blocks. */
export const isCitation = ({ type }: JsonObject): boolean => typeof type === "string" && type.endsWith("_location")
