import type { Content, Message } from "../../contract/index.ts"

/**
 * Where the client wrote a message or a part, where that is not `messages[i]` or `messages[i].content[j]`: beside it, because it is no
 * part of what is said.
 */
const places = new WeakMap<Message | Content, string>()

/** Notes where a message or a part comes from; gives it back. */
export const placed = <T extends Message | Content>(said: T, path: string): T => {
  places.set(said, path)
  return said
}

export const placeOf = (said: Message | Content): string | undefined => places.get(said)

/** For whoever changes a message or a part: the copy comes from where the original came from. */
export const samePlace = <T extends Message | Content>(copy: T, original: Message | Content): T => {
  const path = places.get(original)
  return path === undefined ? copy : placed(copy, path)
}

/** The part that a path within a message means: `.content[2]`, or `.tool_calls[0]`, which counts calls alone. */
const partAt = ({ content }: Message, list: string | undefined, index: number): Content | undefined =>
  list === "content" ? content[index] : content.filter(({ type }) => type === "tool-call")[index]

const messagePath = (path: string, messages: readonly Message[]): string | undefined => {
  const [, index, rest = ""] = /^messages\[(\d+)\](.*)$/.exec(path) ?? []
  const message = index === undefined ? undefined : messages[Number(index)]
  if (!message) return undefined
  const [piece = "", list, at] = /^\.(content|tool_calls)\[(\d+)\]/.exec(rest) ?? []
  const part = piece === "" ? undefined : partAt(message, list, Number(at))
  const partPlace = part && placeOf(part)
  if (partPlace !== undefined) return partPlace + rest.slice(piece.length)
  const place = placeOf(message)
  return place === undefined ? undefined : place + rest
}

/**
 * A path of the internal form in the client's words: messages and parts by where they were written, fields by the longest prefix that
 * the format names otherwise.
 */
export const clientPath = (
  path: string,
  messages: readonly Message[],
  names: Readonly<Record<string, string>>,
): string => {
  const written = messagePath(path, messages)
  if (written !== undefined) return written
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
