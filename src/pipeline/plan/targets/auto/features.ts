import type { ChatRequest, Message } from "../../../../contract/index.ts"

/** What of a request tells how hard it is. Found by words and shapes, in the opening of the conversation. */
export interface Features {
  readonly code: boolean
  readonly maths: boolean
  /** It asks to weigh, plan, prove or explain at length. */
  readonly thought: boolean
  /** It asks for something small: a greeting, a translation, a label. */
  readonly simple: boolean
  /** Characters of the opening. */
  readonly length: number
  /** Much of it is in another script than the Latin one. */
  readonly foreign: boolean
}

/** More of a long opening says nothing new. */
const looked = 16_000

const code =
  /```|=>|\bfunction\b|\bclass \w+|\bdef \w+\(|\bimport \w+|\breturn\b.*;|\bSELECT\b.+\bFROM\b|\b(?:stack ?trace|traceback|refactor|compil\w+|debug\w*|regex|unit tests?|typescript|javascript|python|rust|golang|kubernetes|dockerfile|sql query|pull request)\b|\.(?:ts|tsx|js|py|rs|go|java|cpp|cs|rb|php|sql|ya?ml)\b/i
const maths =
  /\\(?:frac|int|sum|sqrt|lim|mathbb)|\$[^$\n]+\$|[∫∑√≤≥∂∞]|\b(?:prove|theorem|lemma|integral|derivative|equation|probability|matri(?:x|ces)|eigenvalue|polynomial|geometry|combinatori\w+)\b|\b\d+\s*[-+*/^]\s*\d+\s*[-+*/^=]/i
const thought =
  /\b(?:step by step|think (?:hard|carefully|through)|analy[sz]e|compare|trade-?offs?|architect\w*|design (?:a|an|the)|strategy|evaluate|critique|root cause|in depth|thorough\w*|plan (?:a|an|the|for)|research)\b/i
const simple =
  /^\s*(?:hi|hello|hey|thanks|thank you|ping|test)\b|\b(?:translate|summari[sz]e|classify|label|extract|fix the (?:spelling|grammar)|rephrase|one word|yes or no|title for)\b/i

/** A request that asks for one small thing is short. */
const shortest = 400

export function featuresOf(opening: string): Features {
  const text = opening.slice(0, looked)
  const letters = text.match(/\p{L}/gu)?.length ?? 0
  const others = text.match(/[^\p{Script=Latin}\P{L}]/gu)?.length ?? 0
  return {
    code: code.test(text),
    maths: maths.test(text),
    thought: thought.test(text),
    simple: text.length <= shortest && simple.test(text),
    length: opening.length,
    foreign: letters > 0 && others / letters > 0.3,
  }
}

/**
 * What a conversation began with: the first words of the user. They stay the same from turn to turn, and with them the choice, so that
 * a conversation stays with its model. Instructions in front of them are the application's, and the same for easy and hard questions.
 */
export function openingOf({ messages }: ChatRequest): string {
  const first = messages.find(({ role }) => role === "user")
  return first ? textOf(first) : ""
}

const textOf = ({ content }: Message): string =>
  content.flatMap((part) => (part.type === "text" ? part.text : [])).join("\n")
