import { GatewayError } from "../contract/index.ts"
import { itemOf, itemTexts, type KeptResponse, outputTexts, repeated } from "./kept-response.ts"
import type { KeptResponses } from "./kept-responses.ts"

/** The turns of a conversation, oldest first. */
export interface Conversation {
  readonly turns: readonly KeptResponse[]
  /** A turn that is not there any more: those after it are. */
  readonly missing: string | undefined
}

/** Turns of one conversation at most; a circle of answers cannot be, but a store may be edited. */
const mostTurns = 10_000

/** What led to `id`, and that turn itself. Throws where that is more than `mostCharacters`, which no body may have either. */
export async function conversationOf(
  kept: KeptResponses,
  id: string | undefined,
  keyId: string,
  mostCharacters: number,
): Promise<Conversation> {
  const turns: KeptResponse[] = []
  let next = id
  let characters = 0
  while (next !== undefined && turns.length < mostTurns) {
    const turn = await kept.find(next, keyId)
    if (!turn) break
    turns.push(turn)
    characters += turn.input.length + turn.response.length
    if (characters > mostCharacters) throw tooLarge(mostCharacters)
    next = turn.previousId
  }
  return { turns: turns.reverse(), missing: next }
}

const tooLarge = (most: number) =>
  new GatewayError(
    "payload_too_large",
    `The stored conversation has more than ${most} characters (limits.body_bytes). Begin a new one.`,
    { param: previousKey },
  )

const previousKey = "previous_response_id"

const goneMessage = (id: string, missing: string): string =>
  id === missing
    ? `Previous response with id '${id.slice(0, 100)}' not found.`
    : `The response '${missing}', which '${id.slice(0, 100)}' goes on with, is not kept any more: it was deleted, or its time is over.`

/** What `previous_response_id` stands for. Throws where any of it is not there: half a conversation is another one. */
export async function previousItems(
  kept: KeptResponses,
  id: string,
  keyId: string,
  mostCharacters: number,
): Promise<readonly string[]> {
  const last = await kept.find(id, keyId)
  if (last?.aliveUntil !== undefined)
    throw new GatewayError(
      "invalid_request",
      `The response '${id.slice(0, 100)}' is not complete: GET /responses/{id} tells how it stands.`,
      { param: previousKey },
    )
  const { turns, missing } = await conversationOf(kept, id, keyId, mostCharacters)
  if (missing === undefined)
    return turns.flatMap(({ input, response }) => [...itemTexts(input), ...outputTexts(response).map(repeated)])
  const advice = "Send the whole conversation in input."
  throw new GatewayError("previous_response_not_found", `${goneMessage(id, missing)} ${advice}`, {
    param: previousKey,
  })
}

/** What an `item_reference` stands for. */
export async function referredItem(kept: KeptResponses, itemId: string, keyId: string, path: string): Promise<string> {
  const holder = await kept.findByItem(itemId, keyId)
  const item = holder && itemOf(holder, itemId)
  if (item !== undefined) return item
  const shown = itemId.slice(0, 100)
  throw new GatewayError("invalid_request", `Item with id '${shown}' not found. Send the item itself.`, {
    param: path,
  })
}
