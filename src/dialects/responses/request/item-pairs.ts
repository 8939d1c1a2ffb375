import type { JsonObject } from "../../../contract/index.ts"
import type { Lose } from "../../translate/index.ts"

/** An item on its way into `input`. */
export interface ItemEntry {
  /** `made`: the model made it, so that reasoning may have led to it. `opaque`: so too, but only its maker understands it. */
  readonly kind: "reasoning" | "made" | "opaque" | "given"
  /** Absent: reasoning that this upstream does not get. */
  readonly item?: JsonObject
  readonly path: string
}

/** How ids of items begin; others are refused ("Expected an ID that begins with 'fc'"). */
const idPrefixes: Readonly<Record<string, string>> = {
  message: "msg_",
  reasoning: "rs_",
  function_call: "fc_",
  custom_tool_call: "ctc_",
}

const withoutId = ({ id: _, ...rest }: JsonObject): JsonObject => rest

/** An id of another vendor's making is no id here. */
const withFittingId = (item: JsonObject): JsonObject => {
  const prefix = idPrefixes[String(item.type)]
  if (prefix === undefined || item.id === undefined) return item
  return typeof item.id === "string" && item.id.startsWith(prefix) && item.id.length <= 64 ? item : withoutId(item)
}

/**
 * A reasoning item and what it led to stay together: "Item 'rs_…' of type 'reasoning' was provided without its required following item",
 * and the other way round for whatever is known by its id. So reasoning without what it led to goes, and what is left of a turn without
 * its reasoning loses its ids, or goes where it is nothing without.
 */
export const settleItems = (entries: readonly ItemEntry[], lose: Lose): JsonObject[] => {
  const items: JsonObject[] = []
  let led: "yes" | "no" | "lost" = "no"
  entries.forEach(({ kind, item, path }, index) => {
    if (kind === "given") {
      led = "no"
      if (item) items.push(withFittingId(item))
      return
    }
    if (kind === "reasoning") {
      const next = entries.slice(index + 1).find((entry) => entry.kind !== "reasoning" || entry.item === undefined)
      if (!item) led = "lost"
      else if (next?.kind === "made" || next?.kind === "opaque") {
        led = "yes"
        items.push(withFittingId(item))
      } else {
        const reason = "reasoning without the item that it led to is refused"
        lose({ path, action: "dropped", code: "message_approximated", reason })
      }
      return
    }
    if (!item) return
    if (kind === "made") items.push(led === "yes" ? withFittingId(item) : withoutId(item))
    else if (led !== "lost") items.push(item)
    else {
      const reason = "it cannot be sent without the reasoning that led to it"
      lose({ path, action: "dropped", code: "state_unsupported", reason })
    }
  })
  return items
}
