import type { Message } from "../../contract/index.ts"

/** Where the client wrote a message, where that is not `messages[i]`: beside the message, because it is no part of what is said. */
const places = new WeakMap<Message, string>()

/** Notes where a message comes from; gives it back. */
export const placed = <T extends Message>(message: T, path: string): T => {
  places.set(message, path)
  return message
}

export const placeOf = (message: Message): string | undefined => places.get(message)

/** For whoever changes a message: the copy comes from where the original came from. */
export const samePlace = <T extends Message>(copy: T, original: Message): T => {
  const path = places.get(original)
  return path === undefined ? copy : placed(copy, path)
}

/**
 * A path of the internal form in the client's words: messages by where they were written, fields by the longest prefix that the format
 * names otherwise.
 */
export const clientPath = (
  path: string,
  messages: readonly Message[],
  names: Readonly<Record<string, string>>,
): string => {
  const [, index, rest = ""] = /^messages\[(\d+)\](.*)$/.exec(path) ?? []
  const message = index === undefined ? undefined : messages[Number(index)]
  const place = message && placeOf(message)
  if (place !== undefined) return place + rest
  const plain = path.replace(/^(tools\[\d+\])\.function\./, "$1.")
  const tool = /^tools\[\d+\]\./.exec(plain)?.[0]
  if (tool !== undefined && Object.keys(names).length > 0) {
    const field = plain.slice(tool.length)
    return tool + (names[`tools[].${field}`] ?? field)
  }
  const prefix = Object.keys(names)
    .filter((name) => path === name || path.startsWith(`${name}.`) || path.startsWith(`${name}[`))
    .reduce((longest, name) => (name.length > longest.length ? name : longest), "")
  return prefix === "" ? path : names[prefix]! + path.slice(prefix.length)
}
