import { type ToolNames, unwrapCustomInput } from "signalbox/dialects"
import type { ChatPart, JsonObject } from "signalbox/plugin"
import { thinkingFormat } from "../formats.ts"

/** One block on its way: opened by its maker, fed, closed once. */
export interface OpenBlock {
  readonly index: number
  write(piece: string, logprobs?: { readonly logprobs?: JsonObject }): readonly ChatPart[]
  close(): readonly ChatPart[]
}

/** Keeps what was written, for the places of citations. */
export class TextBlock implements OpenBlock {
  text = ""
  constructor(
    readonly index: number,
    /** Where it begins in the whole answer's text. */
    readonly start: number,
  ) {}
  open(): readonly ChatPart[] {
    return [{ type: "text-start", index: this.index }]
  }
  write(piece: string, logprobs: { readonly logprobs?: JsonObject } = {}): readonly ChatPart[] {
    if (piece === "") return []
    this.text += piece
    return [{ type: "text-delta", index: this.index, text: piece, ...logprobs }]
  }
  close(): readonly ChatPart[] {
    return [{ type: "text-end", index: this.index }]
  }
}

export class ThinkingBlock implements OpenBlock {
  constructor(readonly index: number) {}
  open(): readonly ChatPart[] {
    return [{ type: "reasoning-start", index: this.index, format: thinkingFormat }]
  }
  write(piece: string): readonly ChatPart[] {
    return piece === "" ? [] : [{ type: "reasoning-delta", index: this.index, text: piece }]
  }
  close(): readonly ChatPart[] {
    return [{ type: "reasoning-end", index: this.index }]
  }
}

/** A call without any argument text has no arguments: `{}`. A wrapped free-text tool is known only when it is whole. */
export class CallBlock implements OpenBlock {
  #written = ""
  constructor(
    readonly index: number,
    private readonly id: string,
    private readonly name: string,
    private readonly custom: boolean,
  ) {}
  open(): readonly ChatPart[] {
    const { index, id, name } = this
    return [{ type: "tool-call-start", index, id, name, kind: this.custom ? "custom" : "function" }]
  }
  write(piece: string): readonly ChatPart[] {
    this.#written += piece
    return piece === "" || this.custom ? [] : [{ type: "tool-call-delta", index: this.index, arguments: piece }]
  }
  close(): readonly ChatPart[] {
    const { index } = this
    const whole = this.#written.trim() === "" ? "{}" : this.#written
    const rest = this.custom ? unwrapCustomInput(whole) : this.#written.trim() === "" ? whole : ""
    const end: ChatPart = { type: "tool-call-end", index }
    return rest === "" ? [end] : [{ type: "tool-call-delta", index, arguments: rest }, end]
  }
}

export interface BlockSource {
  readonly names: ToolNames
  readonly customTools: ReadonlySet<string>
  readonly newId: (prefix: string) => string
}
