import { GatewayError, type JsonObject } from "../contract/index.ts"
import { conversationOf } from "./context.ts"
import { itemTexts, type KeptResponse, listedItem, outputTexts } from "./kept-response.ts"
import type { KeptResponses } from "./kept-responses.ts"

/** Which part of a list is wanted; the numbers are OpenAI's (platform.openai.com/docs/api-reference/responses/input-items). */
export interface Page {
  readonly limit: number
  readonly order: "asc" | "desc"
  /** The id of an item: the page begins behind it. */
  readonly after?: string
}

export const readPage = (query: URLSearchParams): Page => {
  const limit = query.get("limit") ?? "20"
  const order = query.get("order") ?? "desc"
  const after = query.get("after")
  if (!/^\d{1,3}$/.test(limit) || Number(limit) < 1 || Number(limit) > 100)
    throw new GatewayError("invalid_request", `"limit" must be a whole number from 1 to 100.`, { param: "limit" })
  if (order !== "asc" && order !== "desc")
    throw new GatewayError("invalid_request", `"order" must be "asc" or "desc".`, { param: "order" })
  return { limit: Number(limit), order, ...(after ? { after } : {}) }
}

/** All that a response was made from, earlier turns included; instructions are no items. */
export async function listInput(
  kept: KeptResponses,
  response: KeptResponse,
  page: Page,
  mostCharacters: number,
): Promise<JsonObject> {
  const { turns } = await conversationOf(kept, response.previousId, response.keyId, mostCharacters)
  const list = ({ id }: KeptResponse, items: readonly string[]) =>
    items.map((item, index) => listedItem(id, item, index))
  const items = [
    ...turns.flatMap((turn) => [...list(turn, itemTexts(turn.input)), ...list(turn, outputTexts(turn.response))]),
    ...list(response, itemTexts(response.input)),
  ]
  if (page.order === "desc") items.reverse()
  const start = page.after === undefined ? 0 : items.findIndex(({ id }) => id === page.after) + 1
  if (page.after !== undefined && start === 0)
    throw new GatewayError("invalid_request", `"after" names no item of this list.`, { param: "after" })
  const data = items.slice(start, start + page.limit)
  return {
    object: "list",
    data,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
    has_more: start + page.limit < items.length,
  }
}
