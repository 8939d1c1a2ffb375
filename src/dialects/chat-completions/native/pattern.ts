import { stringEnd } from "../../json-text/scan.ts"
import type { OpenCall } from "../reply/tool-calls.ts"

/** Stands for OpenAI's `obfuscation`, padding of another length on every event (platform.openai.com/docs, `include_obfuscation`). */
const padding = "\u0002"
const paddingKey = '"obfuscation":"'

/**
 * Events of one answer differ in one text only. A pattern is such an event around that text, before and after its patches: matching
 * the next one costs two comparisons instead of a scan.
 */
export interface Pattern {
  /** Up to and with the opening quote of the text. */
  readonly head: string
  /** From the closing quote on. With padding, `tail` ends with its opening quote and `end` begins with its closing one. */
  readonly tail: string
  readonly end: string | undefined
  /** The patched event, cut at every place where the text goes. */
  readonly pieces: readonly string[]
  /** The call whose arguments the text is. */
  readonly call: OpenCall | undefined
}

const splitPadding = (text: string): readonly [string, string, string] | undefined => {
  const key = text.indexOf(paddingKey)
  if (key < 0) return undefined
  const open = key + paddingKey.length - 1
  const close = stringEnd(text, open)
  return close < 0 ? undefined : [text.slice(0, open + 1), text.slice(open + 1, close - 1), text.slice(close - 1)]
}

/** The pattern of an event whose text is `event[start..end)`, quotes included; `pieces` is what became of it. */
export const learn = (
  event: string,
  start: number,
  end: number,
  pieces: readonly string[],
  call: OpenCall | undefined,
): Pattern => {
  const head = event.slice(0, start + 1)
  const tail = event.slice(end - 1)
  const split = splitPadding(tail)
  const last = pieces.at(-1) ?? ""
  const patched = split && splitPadding(last)
  if (!split || !patched) return { head, tail, end: undefined, pieces, call }
  return {
    head,
    tail: split[0],
    end: split[2],
    pieces: [...pieces.slice(0, -1), patched[0] + padding + patched[2]],
    call,
  }
}

/** The length of the text in `event`, quotes not counted, when the event is of this pattern; otherwise -1. */
export const match = (pattern: Pattern, event: string): number => {
  const { head, tail, end } = pattern
  if (!event.startsWith(head)) return -1
  const close = stringEnd(event, head.length - 1) - 1
  if (close < 0) return -1
  if (end === undefined) return event.length - close === tail.length && event.endsWith(tail) ? close - head.length : -1
  if (!event.startsWith(tail, close) || !event.endsWith(end)) return -1
  const padded = close + tail.length
  return stringEnd(event, padded - 1) === event.length - end.length + 1 ? close - head.length : -1
}

/** The patched form of an event that matched. */
export const rewrite = (pattern: Pattern, event: string, length: number): string => {
  const { head, tail, end, pieces } = pattern
  const text = event.slice(head.length - 1, head.length + length + 1)
  const out = pieces.length === 2 ? pieces[0] + text + pieces[1] : pieces.join(text)
  if (end === undefined) return out
  const at = out.lastIndexOf(padding)
  return (
    out.slice(0, at) + event.slice(head.length + length + tail.length, event.length - end.length) + out.slice(at + 1)
  )
}
