import type { JsonObject } from "../../../contract/index.ts"

/** An event without its number. */
export type Event = JsonObject & { readonly type: string }

export type ItemStatus = "completed" | "incomplete"

/** One item of the output while it grows. */
export interface OpenItem {
  /** The item as it is now; complete once `close` was called. */
  readonly item: JsonObject
  /** The events that end its parts and itself. */
  close(status: ItemStatus): readonly Event[]
}

/** Where an item stands, as its events repeat it. */
export interface ItemPlace {
  readonly output_index: number
  readonly item_id: string
}

export const itemAdded = (place: ItemPlace, item: JsonObject): Event => ({
  type: "response.output_item.added",
  output_index: place.output_index,
  item,
})

export const itemDone = (place: ItemPlace, item: JsonObject): Event => ({
  type: "response.output_item.done",
  output_index: place.output_index,
  item,
})
