import { stringEnd } from "../../json-text/scan.ts"

const opening =
  /^event: content_block_delta\ndata: ?\{"type": ?"content_block_delta", ?"index": ?\d+, ?"delta": ?\{"type": ?"(?:text_delta", ?"text|thinking_delta", ?"thinking|input_json_delta", ?"partial_json)": ?"/
/** Anthropic pads its events with spaces, so that their length does not tell what is in them. */
const closing = /[ \t]*\}[ \t]*\}[ \t]*\n\n$/y

/**
 * How many characters an event brings, escapes counted as they are written, where it is nothing but a piece of text: nearly all of a
 * stream are, and none of them is changed. Undefined: it has to be looked at.
 */
export const plainDelta = (event: string): number | undefined => {
  const found = opening.exec(event)
  if (!found) return undefined
  const open = found[0].length - 1
  const end = stringEnd(event, open)
  if (end < 0) return undefined
  closing.lastIndex = end
  return closing.test(event) ? end - open - 2 : undefined
}
