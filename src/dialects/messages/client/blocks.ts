import {
  type ChatPart,
  isObject,
  type Json,
  type JsonObject,
  type Loss,
  type MediaContent,
} from "../../../contract/index.ts"
import { sealPrefix } from "../../translate/index.ts"
import { dialectName } from "../formats.ts"
import { Call } from "./call.ts"
import { citationOf, isCitation } from "./citation.ts"
import { sealedCallSignature, Thought } from "./reasoning.ts"
import { BlockSequence } from "./sequence.ts"

type BlockPart = Extract<ChatPart, { index: number }>
type Events = readonly JsonObject[]

/** The tag of call signatures: no other vendor signs calls (OpenRouter's vocabulary). */
const callSignatures = "google-gemini-v1"

const none: Events = []

const lateSignature: Loss = {
  path: "reply.reasoning",
  action: "dropped",
  code: "reply_content_lost",
  reason:
    "The vendor signed the last text of its answer; a block for the signature would stand where clients look for the text.",
}

/** Holds nothing that a client could read. Claude's own blocks stay where Claude put them. */
const isSealed = ({ type, data }: JsonObject): boolean =>
  type === "redacted_thinking" && String(data).startsWith(sealPrefix)

/** Produced media have no block of their own in answers; Markdown is what clients show. */
const mediaText = ({ source, mime, kind, name }: MediaContent): string => {
  const url =
    source.type === "url"
      ? source.url
      : source.type === "data"
        ? `data:${mime ?? "application/octet-stream"};base64,${source.base64}`
        : source.id
  return kind === "image" ? `![${name ?? "image"}](${url})` : `[${name ?? kind}](${url})`
}

/**
 * Parts → the events of content blocks, each opened once, fed, and closed before the next one opens. A text stays open until something
 * else begins, because citations may follow its end. Blocks that would be empty do not open at all: sent back, they would be refused.
 */
export class BlockWriter {
  readonly #sequence = new BlockSequence()
  #next = 0
  #text: { readonly index: number; open: boolean } | undefined
  #thought: { readonly thought: Thought; open: boolean } | undefined
  #call: Call | undefined
  /**
   * What other vendors want back of a text that is over. It goes out before the next block; behind the last text of a message it would be
   * the last block itself, and clients take the last block for the answer (`claude -p` prints nothing then).
   */
  readonly #held: JsonObject[] = []
  #isTextLast = false
  /** What the upstream said when it refused, as far as this format has no block for it. */
  refusal = ""
  calledTools = false

  /** `omitThinking`: the client wants signatures, but no text of the thinking. */
  constructor(
    private readonly omitThinking: boolean,
    private readonly lose: (loss: Loss) => void = () => {},
  ) {}

  write(part: BlockPart): Events {
    // Requests of this format ask for one answer.
    if ((part.choice ?? 0) > 0) return none
    return this.#all(this.#sequence.push(part))
  }

  end(): Events {
    const rest = [...this.#all(this.#sequence.end()), ...this.#closeAll()]
    if (this.#held.splice(0).length > 0) this.lose(lateSignature)
    return rest
  }

  /** A text of the gateway's own. */
  say(text: string): Events {
    return [...this.#closeAll(), ...this.#whole({ type: "text", text: "" }, { type: "text_delta", text })]
  }

  #all(parts: readonly BlockPart[]): Events {
    return parts.length === 1 ? this.#one(parts[0]!) : parts.flatMap((part) => this.#one(part))
  }

  #one(part: BlockPart): Events {
    switch (part.type) {
      case "text-start": {
        const before = this.#closeAll()
        this.#text = { index: part.index, open: false }
        return before
      }
      case "text-delta":
        return part.text === ""
          ? none
          : [...this.#openText(part.index), this.#delta({ type: "text_delta", text: part.text })]
      case "citation":
        return this.#cite(citationOf(part), `[${part.title ?? part.url}](${part.url})`)
      case "reasoning-start": {
        const before = this.#closeAll()
        this.#thought = { thought: new Thought(part, this.omitThinking), open: false }
        return before
      }
      case "reasoning-delta":
        return this.#think(this.#thought?.thought.take(part) ?? "")
      case "reasoning-end":
        return this.#closeThought()
      case "tool-call-start": {
        const before = this.#closeAll()
        this.#call = new Call(part)
        this.calledTools = true
        return before
      }
      case "tool-call-delta":
        return this.#call?.take(part.arguments) ? this.#argue(this.#call, this.#call.flush()) : none
      case "tool-call-end":
        return this.#closeCall(part.signature)
      case "refusal-delta":
        this.refusal += part.text
        return none
      case "media":
        return this.say(mediaText(part.media))
      case "opaque":
        return part.dialect === dialectName && isObject(part.data) ? this.#opaque(part.data) : none
      default:
        return none
    }
  }

  /** Opens a block, behind whatever was held back. */
  #start(block: JsonObject): Events {
    const held = this.#held.splice(0).flatMap((seal) => this.#whole(seal))
    this.#isTextLast = block.type === "text"
    return [...held, { type: "content_block_start", index: this.#next, content_block: block }]
  }
  #delta(delta: JsonObject): JsonObject {
    return { type: "content_block_delta", index: this.#next, delta }
  }
  #stop(): JsonObject {
    return { type: "content_block_stop", index: this.#next++ }
  }
  #whole(block: JsonObject, ...deltas: readonly JsonObject[]): Events {
    return [...this.#start(block), ...deltas.map((delta) => this.#delta(delta)), this.#stop()]
  }

  #openText(index: number): Events {
    this.#text ??= { index, open: false }
    if (this.#text.open) return none
    this.#text.open = true
    return this.#start({ type: "text", text: "" })
  }

  #closeText(): Events {
    const text = this.#text
    this.#text = undefined
    return text?.open ? [this.#stop()] : none
  }

  /** A citation without a text before it brings its own. */
  #cite(citation: JsonObject, words: string): Events {
    const delta = { type: "citations_delta", citation }
    if (this.#text?.open) return [this.#delta(delta)]
    return [...this.#closeAll(), ...this.#whole({ type: "text", text: "" }, { type: "text_delta", text: words }, delta)]
  }

  #think(text: string): Events {
    const state = this.#thought
    if (!state || text === "") return none
    const start = state.open ? none : this.#start({ type: "thinking", thinking: "", signature: "" })
    state.open = true
    return [...start, this.#delta({ type: "thinking_delta", thinking: text })]
  }

  #closeThought(): Events {
    const state = this.#thought
    this.#thought = undefined
    const closing = state?.thought.close(state.open)
    if (!state || !closing) return none
    if ("signature" in closing) {
      const { signature } = closing
      return [...(signature === "" ? none : [this.#delta({ type: "signature_delta", signature })]), this.#stop()]
    }
    const { block } = closing
    if (this.#isTextLast && isSealed(block)) {
      this.#held.push(block)
      return none
    }
    if (block.type !== "thinking" || block.signature === "") return this.#whole(block)
    return this.#whole({ ...block, signature: "" }, { type: "signature_delta", signature: block.signature ?? "" })
  }

  #argue(call: Call, piece: string): Events {
    const start = call.isOpen ? none : this.#start(call.block())
    call.isOpen = true
    return piece === "" ? start : [...start, this.#delta({ type: "input_json_delta", partial_json: piece })]
  }

  #closeCall(signature: string | undefined): Events {
    const call = this.#call
    this.#call = undefined
    if (!call) return none
    const { isOpen } = call
    const seal = () =>
      signature === undefined ? none : this.#whole(sealedCallSignature(signature, call.start.id, callSignatures))
    const before = isOpen ? none : seal()
    const written = [...this.#argue(call, call.rest()), this.#stop()]
    return [...before, ...written, ...(isOpen ? seal() : none)]
  }

  #closeAll(): Events {
    return [...this.#closeText(), ...this.#closeThought(), ...this.#closeCall(undefined)]
  }

  /** Server tools, their results and the rest of this format's own. */
  #opaque(data: JsonObject): Events {
    if (isCitation(data)) return this.#cite(data, citedWords(data))
    if (typeof data.type !== "string") return none
    const before = this.#closeAll()
    const { input, content } = data
    if (/_use$/.test(data.type) && isObject(input) && Object.keys(input).length > 0) {
      const delta = { type: "input_json_delta", partial_json: JSON.stringify(input) }
      return [...before, ...this.#whole({ ...data, input: {} }, delta)]
    }
    if (data.type === "compaction" && typeof content === "string")
      return [...before, ...this.#whole({ ...data, content: null }, { type: "compaction_delta", content })]
    return [...before, ...this.#whole(data)]
  }
}

const citedWords = ({ document_title: title, cited_text: cited }: JsonObject): string => {
  const words = [title, cited].find((value: Json | undefined) => typeof value === "string" && value.trim() !== "")
  return typeof words === "string" ? words : "Source"
}
