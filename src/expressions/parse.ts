import { CharacterSet } from "./character-set.ts"

/** A regular expression as a tree. */
export type Node =
  | { readonly type: "empty" }
  | { readonly type: "set"; readonly set: CharacterSet }
  | { readonly type: "assert"; readonly at: "start" | "end" | "edge" | "inside" }
  | { readonly type: "all"; readonly nodes: readonly Node[] }
  | { readonly type: "any"; readonly nodes: readonly Node[] }
  | {
      readonly type: "repeat"
      readonly node: Node
      readonly least: number
      /** Infinity: without an end. */
      readonly most: number
      readonly lazy: boolean
    }

/** What is wrong with an expression, for whoever wrote it. */
export class BadExpression extends Error {
  constructor(message: string) {
    super(message)
    this.name = "BadExpression"
  }
}

const largestCount = 1000

/**
 * Reads an expression as JavaScript does without flags, `(?i:…)` included. Lookaround and backreferences are refused, because no machine
 * without memory can run them, and quantifiers inside of quantifiers, because OpenRouter refuses them (openrouter.ai/docs, guardrails).
 */
export function parse(source: string): Node {
  const reader = new Reader(source)
  const node = reader.alternatives(false, 0)
  if (!reader.isAtEnd) throw new BadExpression('It has a ")" without a "(".')
  return node
}

/** Brackets within brackets; nobody reads more. */
const deepest = 50

class Reader {
  readonly #source: string
  #at = 0

  constructor(source: string) {
    this.#source = source
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#source.length
  }

  #take(text: string): boolean {
    const found = this.#source.startsWith(text, this.#at)
    if (found) this.#at += text.length
    return found
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.#source)
    if (found) this.#at = pattern.lastIndex
    return found
  }

  alternatives(caseless: boolean, depth: number): Node {
    if (depth > deepest) throw new BadExpression(`Its groups are nested more than ${deepest} deep.`)
    const nodes = [this.#sequence(caseless, depth)]
    while (this.#take("|")) nodes.push(this.#sequence(caseless, depth))
    return nodes.length === 1 ? nodes[0]! : { type: "any", nodes }
  }

  #sequence(caseless: boolean, depth: number): Node {
    const nodes: Node[] = []
    while (!this.isAtEnd && !/[|)]/.test(this.#source[this.#at]!)) nodes.push(this.#quantified(caseless, depth))
    return nodes.length === 1 ? nodes[0]! : nodes.length === 0 ? { type: "empty" } : { type: "all", nodes }
  }

  #quantified(caseless: boolean, depth: number): Node {
    const node = this.#atom(caseless, depth)
    const [least, most] = this.#counts() ?? []
    if (least === undefined || most === undefined) return node
    if (node.type === "assert") throw new BadExpression("A quantifier stands behind ^, $, \\b or \\B.")
    const lazy = this.#take("?")
    if (this.#counts()) throw new BadExpression("Two quantifiers follow one another.")
    if (isNested(node, least, most))
      throw new BadExpression("A quantifier stands inside of another one, as in (a+)+. Write it with one of them.")
    return { type: "repeat", node, least, most, lazy }
  }

  #counts(): readonly [number, number] | undefined {
    if (this.#take("*")) return [0, Number.POSITIVE_INFINITY]
    if (this.#take("+")) return [1, Number.POSITIVE_INFINITY]
    if (this.#take("?")) return [0, 1]
    const found = this.#match(/\{(\d{1,9})(,(\d{1,9})?)?\}/y)
    if (!found) return undefined
    const least = Number(found[1])
    const most = found[2] === undefined ? least : found[3] === undefined ? Number.POSITIVE_INFINITY : Number(found[3])
    if (most < least) throw new BadExpression(`The numbers of ${found[0]} are out of order.`)
    if (least > largestCount || (most > largestCount && most !== Number.POSITIVE_INFINITY))
      throw new BadExpression(`${found[0]} counts to more than ${largestCount}.`)
    return [least, most]
  }

  #atom(caseless: boolean, depth: number): Node {
    if (this.#take("(")) return this.#group(caseless, depth)
    if (this.#take("^")) return { type: "assert", at: "start" }
    if (this.#take("$")) return { type: "assert", at: "end" }
    if (this.#take("\\b")) return { type: "assert", at: "edge" }
    if (this.#take("\\B")) return { type: "assert", at: "inside" }
    if (this.#take(".")) return { type: "set", set: CharacterSet.notLineEnd }
    if (this.#take("[")) return { type: "set", set: this.#brackets(caseless) }
    if (this.#take("\\")) return { type: "set", set: this.#escaped(false, caseless) }
    if (/[*+?]/.test(this.#source[this.#at]!)) throw new BadExpression("A quantifier stands behind nothing.")
    return { type: "set", set: CharacterSet.of(this.#source.charCodeAt(this.#at++), caseless) }
  }

  #group(caseless: boolean, depth: number): Node {
    let isCaseless = caseless
    if (this.#match(/\?<?[=!]/y)) throw new BadExpression("Lookahead and lookbehind are not supported.")
    if (this.#take("?i:")) isCaseless = true
    else if (!this.#take("?:") && !this.#match(/\?<[A-Za-z_$][\w$]*>/y) && this.#take("?"))
      throw new BadExpression('A group begins with "(?" and something that is not known.')
    const node = this.alternatives(isCaseless, depth + 1)
    if (!this.#take(")")) throw new BadExpression('A "(" has no ")".')
    return node
  }

  /** Behind a backslash. `inBrackets`: `\b` is a backspace there. */
  #escaped(inBrackets: boolean, caseless: boolean): CharacterSet {
    if (this.isAtEnd) throw new BadExpression("It ends with a backslash.")
    const letter = this.#source[this.#at++]!
    const known = CharacterSet.named(letter)
    if (known) return known
    if (inBrackets && letter === "b") return CharacterSet.of(8, false)
    const control = "tnvfr".indexOf(letter)
    if (control >= 0) return CharacterSet.of([9, 10, 11, 12, 13][control]!, false)
    if (letter === "0" && !/\d/.test(this.#source[this.#at] ?? "")) return CharacterSet.of(0, false)
    if (/[0-9k]/.test(letter)) throw new BadExpression("Backreferences are not supported.")
    const code = letter === "x" ? this.#match(/[\da-f]{2}/iy) : letter === "u" ? this.#match(/[\da-f]{4}/iy) : null
    if (code) return CharacterSet.of(Number.parseInt(code[0], 16), caseless)
    if (/[A-Za-z]/.test(letter)) throw new BadExpression(`\\${letter} is not supported.`)
    return CharacterSet.of(letter.charCodeAt(0), caseless)
  }

  #brackets(caseless: boolean): CharacterSet {
    const negated = this.#take("^")
    const parts: CharacterSet[] = []
    for (;;) {
      if (this.isAtEnd) throw new BadExpression('A "[" has no "]".')
      if (this.#take("]")) break
      const from = this.#member(caseless)
      const isRange =
        this.#source[this.#at] === "-" && this.#source[this.#at + 1] !== "]" && this.#at + 1 < this.#source.length
      if (!isRange) {
        parts.push(from.set)
        continue
      }
      this.#at += 1
      const to = this.#member(caseless)
      if (from.code === undefined || to.code === undefined) parts.push(from.set, CharacterSet.of(45, false), to.set)
      else if (from.code > to.code) throw new BadExpression("A range in brackets is out of order.")
      else parts.push(CharacterSet.range(from.code, to.code, caseless))
    }
    const all = CharacterSet.union(parts)
    return negated ? all.complement() : all
  }

  #member(caseless: boolean): { readonly set: CharacterSet; readonly code: number | undefined } {
    const set = this.#take("\\")
      ? this.#escaped(true, caseless)
      : CharacterSet.of(this.#source.charCodeAt(this.#at++), caseless)
    return { set, code: set.single }
  }
}

/** `(a+)+`, `(a*){3}`, `(a?)*`: many ways to one match. Fixed counts have one, and so has what is there or not inside of a fixed count. */
function isNested(node: Node, least: number, most: number): boolean {
  if (most <= 1) return false
  const isEndless = most === Number.POSITIVE_INFINITY
  const hasQuantifier = (inner: Node): boolean => {
    if (inner.type === "all" || inner.type === "any") return inner.nodes.some(hasQuantifier)
    if (inner.type !== "repeat") return false
    if (inner.most === Number.POSITIVE_INFINITY) return true
    return (isEndless && inner.least !== inner.most) || hasQuantifier(inner.node)
  }
  return least >= 0 && hasQuantifier(node)
}
