import type { CacheBreakpoint, ChatRequest, Content, Message, Tool } from "../../contract/index.ts"

export interface AutoCacheBounds {
  /** Shorter prefixes are not cached by the model: 1,024 tokens, 2,048 for the small Claude models. */
  readonly minimumTokens: number
  /** How many breakpoints the upstream takes. */
  readonly most: number
}

const usualBounds: AutoCacheBounds = { minimumTokens: 1024, most: 4 }

/** An estimate is enough: it decides whether a breakpoint is worth its place. */
const charactersPerToken = 4

/** A place where a breakpoint may stand. Places are in the order of the prompt: tools, then messages. */
interface Place {
  readonly characters: number
  /** Everything up to and with this block. */
  readonly prefix: number
  readonly message: number | undefined
  readonly item: number
  /** The last block of its tools, system messages or conversation. */
  isLast: boolean
}

const hasBreakpoint = ({ cache, messages, tools }: ChatRequest): boolean =>
  cache !== undefined ||
  messages.some((message) => message.content.some((part) => part.cache !== undefined)) ||
  (tools ?? []).some((tool) => "cache" in tool && tool.cache !== undefined)

const isMarkable = (part: Content): boolean =>
  part.type === "media" || part.type === "tool-call" || (part.type === "text" && part.text.trim() !== "")

const sizeOf = (part: Content): number => {
  switch (part.type) {
    case "text":
    case "refusal":
      return part.text.length
    case "tool-call":
      return part.name.length + part.arguments.length
    case "media":
      // A picture is about this long, whatever its bytes (platform.claude.com, vision).
      return 1500 * charactersPerToken
    default:
      return 0
  }
}

const isSystem = ({ role }: Message): boolean => role === "system" || role === "developer"

/** All places of a request, with the ends of its three sections marked. */
const placesOf = ({ messages, tools }: ChatRequest): readonly Place[] => {
  const places: Place[] = []
  let prefix = 0
  const sections = new Map<string, Place>()
  const add = (section: string, characters: number, message: number | undefined, item: number, markable: boolean) => {
    prefix += characters
    if (!markable) return
    const place: Place = { characters, prefix, message, item, isLast: false }
    places.push(place)
    sections.set(section, place)
  }
  for (const [item, tool] of (tools ?? []).entries())
    add("tools", JSON.stringify(tool).length, undefined, item, tool.type === "function")
  for (const [at, message] of messages.entries())
    for (const [item, part] of message.content.entries())
      add(isSystem(message) ? "system" : "conversation", sizeOf(part), at, item, isMarkable(part))
  for (const place of sections.values()) place.isLast = true
  return places
}

const mark = <T extends { readonly cache?: CacheBreakpoint }>(value: T): T => ({ ...value, cache: {} })

const markTool = (tool: Tool): Tool => (tool.type === "function" ? mark(tool) : tool)

/**
 * Requesty's `auto_cache`: breakpoints for a client that sets none. The ends of conversation, system prompt and tools come first, since
 * the next turn shares them; what is left of the allowance goes behind the largest blocks. A prefix below the model's minimum gets none,
 * and a request with any breakpoint of its own stays as it is.
 */
export const autoCache = (request: ChatRequest, bounds: AutoCacheBounds = usualBounds): ChatRequest => {
  if (hasBreakpoint(request)) return request
  const minimum = bounds.minimumTokens * charactersPerToken
  const worth = placesOf(request).filter(({ prefix }) => prefix >= minimum)
  const ends = worth.filter(({ isLast }) => isLast).toReversed()
  const large = worth
    .filter(({ isLast, characters }) => !isLast && characters >= minimum)
    .sort((one, other) => other.characters - one.characters)
  const chosen = [...ends, ...large].slice(0, bounds.most)
  if (chosen.length === 0) return request
  const isChosen = (message: number | undefined, item: number) =>
    chosen.some((place) => place.message === message && place.item === item)
  const messages = request.messages.map((message, at): Message => {
    if (!chosen.some((place) => place.message === at)) return message
    const content = message.content.map((part, item) => (isChosen(at, item) ? mark(part) : part))
    return { ...message, content }
  })
  const tools = request.tools?.map((tool, item) => (isChosen(undefined, item) ? markTool(tool) : tool))
  return { ...request, messages, ...(tools ? { tools } : {}) }
}
