import { type ChatPart, inputTokens, outputTokens } from "../contract/index.ts"
import { demand } from "./case.ts"

const kinds = ["text", "reasoning", "tool-call"] as const

/** Checks the duties of whoever yields parts: `start` first, each block opened and closed once, `finish` per choice, `usage`, then nothing. */
export function demandWellFormed(parts: readonly ChatPart[], choices = 1): void {
  demand(parts[0]?.type === "start", `the first part is ${parts[0]?.type ?? "nothing"}, not start`)
  const open = new Map<string, string>()
  const seen = new Set<string>()
  const finished = new Set<number>()
  let usages = 0
  parts.forEach((part, position) => {
    demand(part.type !== "start" || position === 0, "start came twice")
    demand(part.type !== "error" || position === parts.length - 1, "parts came after an error")
    if ("index" in part) {
      const choice = part.choice ?? 0
      const block = `${choice}/${part.index}`
      demand(!finished.has(choice), `${part.type} came after the finish of choice ${choice}`)
      for (const kind of kinds) demandBlock(part, kind, block, open, seen)
    }
    if (part.type === "finish") {
      const choice = part.choice ?? 0
      demand(!finished.has(choice), `choice ${choice} finished twice`)
      finished.add(choice)
    }
    if (part.type === "usage") {
      usages += 1
      const { input, output } = part.usage
      for (const [bucket, count] of [...Object.entries(input), ...Object.entries(output)]) {
        demand(Number.isInteger(count) && count >= 0, `usage ${bucket} is ${count}, not a count`)
      }
      demand(Number.isInteger(inputTokens(part.usage) + outputTokens(part.usage)), "usage misses a bucket")
    }
  })
  if (parts.at(-1)?.type === "error") return
  demand(open.size === 0, `blocks were left open: ${[...open.keys()].join(", ")}`)
  demand(finished.size === choices, `${finished.size} of ${choices} choices finished`)
  demand(usages > 0, "no usage came")
}

function demandBlock(
  part: ChatPart,
  kind: (typeof kinds)[number],
  block: string,
  open: Map<string, string>,
  seen: Set<string>,
): void {
  if (part.type === `${kind}-start`) {
    demand(!seen.has(block), `block ${block} was opened twice`)
    seen.add(block)
    open.set(block, kind)
  }
  if (part.type === `${kind}-delta`)
    demand(open.get(block) === kind, `${part.type} came for block ${block}, which is not open`)
  if (part.type === `${kind}-end`) {
    demand(open.get(block) === kind, `${part.type} came for block ${block}, which is not open`)
    open.delete(block)
  }
}
