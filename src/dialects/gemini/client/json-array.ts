import { createSseDecoder } from "../../sse.ts"

export interface JsonArrayWriter {
  /** Text of the array for these bytes of the event stream, cut anywhere; empty while no event is whole. */
  push(bytes: Uint8Array): Uint8Array
  /** The end of the array. */
  end(): Uint8Array
}

const encoder = new TextEncoder()

/**
 * An event stream as one JSON array, written element by element: what `:streamGenerateContent` answers to clients that do not ask for
 * `alt=sse`. A comment, which keeps silent connections alive, becomes a line feed: space between elements.
 */
export const createJsonArrayWriter = (): JsonArrayWriter => {
  const events = createSseDecoder()
  let isOpen = false
  const write = (all: readonly { readonly data: string }[]): string =>
    all
      .map(({ data }) => {
        const lead = isOpen ? "\n,\r\n" : "["
        isOpen = true
        return lead + data
      })
      .join("")
  return {
    push: (bytes) => {
      const text = write(events.push(bytes))
      return encoder.encode(text === "" && bytes[0] === 0x3a ? "\n" : text)
    },
    end: () => {
      const text = write(events.end())
      return encoder.encode(isOpen ? `${text}\n]\n` : "[]\n")
    },
  }
}
