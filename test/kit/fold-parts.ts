import type { ChatPart, Usage } from "../../src/contract/index.ts"

type Folded = Record<string, unknown> & { readonly type: string }

/** What an answer says, however it was cut: each block as one value, the last usage, the finish reasons. */
export interface FoldedAnswer {
  readonly start: ChatPart | undefined
  readonly blocks: readonly Folded[]
  readonly usage: Usage | undefined
  readonly finish: readonly ChatPart[]
  readonly error: { readonly code: string } | undefined
}

/** Folds parts and checks the duties of whoever yields them on the way: throws where a rule of `ChatPart` is broken. */
export const foldParts = (parts: readonly ChatPart[]): FoldedAnswer => {
  const open = new Map<string, Record<string, unknown>>()
  const blocks: Folded[] = []
  const finish: ChatPart[] = []
  let [usage, error, start]: [Usage | undefined, { code: string } | undefined, ChatPart | undefined] = [
    undefined,
    undefined,
    undefined,
  ]
  parts.forEach((part, position) => {
    if (error) throw new Error(`${part.type} after an error`)
    if (part.type === "start") {
      if (position > 0) throw new Error("start is not the first part")
      start = part
    } else if (part.type === "usage") usage = part.usage
    else if (part.type === "finish") finish.push(part)
    else if (part.type === "error") error = { code: part.error.code }
    else {
      if (finish.length > 0) throw new Error(`${part.type} after finish`)
      const key = `${part.choice ?? 0}:${part.index}`
      const kind = part.type.replace(/-(?:start|delta|end)$/, "")
      if (part.type.endsWith("-start")) {
        if (open.has(key)) throw new Error(`block ${key} opened twice`)
        const { type: _, ...fields } = part
        open.set(key, { type: kind, ...fields })
        blocks.push(open.get(key) as Folded)
      } else if (
        part.type === "citation" ||
        part.type === "media" ||
        part.type === "opaque" ||
        part.type === "refusal-delta"
      )
        blocks.push({ ...part })
      else {
        const block = open.get(key)
        if (block?.type !== kind) throw new Error(`${part.type} for ${key}, which is not open`)
        const { type: _, index: __, choice: ___, ...fields } = part
        // A call's signature is whole wherever it stands; its start may have told it already.
        const isWhole = (name: string) => name === "signature" && part.type === "tool-call-end"
        for (const [name, value] of Object.entries(fields))
          block[name] = isWhole(name)
            ? value
            : typeof value === "string" && typeof block[name] === "string"
              ? block[name] + value
              : value
        if (part.type.endsWith("-end")) open.delete(key)
      }
    }
  })
  if (!error && open.size > 0) throw new Error(`blocks left open: ${[...open.keys()].join(", ")}`)
  return { start, blocks, usage, finish, error }
}
