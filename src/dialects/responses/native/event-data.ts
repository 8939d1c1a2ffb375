import type { EventData } from "../../body/event-data.ts"
import { stringEnd } from "../../json-text/scan.ts"

const firstType = /^\{\s*"type"\s*:\s*"([^"\\]*)"/
const eventLine = /^event: ?((?:response\.|error$).*)$/m
const sequenceNumber = /"sequence_number"\s*:\s*(\d+)/
const deltaText = /"delta"\s*:\s*"/

/** The type that the data begins with or the event's own line tells; undefined = it stands elsewhere, or nowhere. */
export const typeOf = ({ before, data }: EventData): string | undefined =>
  firstType.exec(data)?.[1] ?? eventLine.exec(before)?.[1]

export const numberOf = (data: string): number | undefined => {
  const number = sequenceNumber.exec(data)?.[1]
  return number === undefined ? undefined : Number(number)
}

/** Characters of the piece of text that an event brings, escapes counted as they are written. */
export const deltaLength = (data: string): number => {
  const match = deltaText.exec(data)
  if (!match) return 0
  const open = match.index + match[0].length - 1
  return Math.max(0, stringEnd(data, open) - open - 2)
}
