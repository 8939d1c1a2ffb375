import { CharacterSet } from "./character-set.ts"
import type { Program, Step } from "./compile.ts"

export interface Span {
  readonly start: number
  readonly end: number
}

/** Work that searches may do together: about so many steps of programs. */
export interface Budget {
  left: number
}

/** A text is not looked through yet, and the budget is used up. */
export class OutOfBudget extends Error {
  constructor() {
    super("The search took too many steps.")
    this.name = "OutOfBudget"
  }
}

/** What skipping a unit costs in steps: looking whether it can begin a match. */
const skipCost = 1 / 16

/** Units that are skipped without a pause, and those that are read: a pause behind each whose number ends in these bits. */
const stretch = 65_536
const often = 0xff

/** Those that are under way at one place of the text, best first; each step once. */
class Threads {
  readonly steps: Int32Array
  readonly starts: Int32Array
  readonly #stamps: Int32Array
  #stamp = 0
  count = 0

  constructor(size: number) {
    this.steps = new Int32Array(size)
    this.starts = new Int32Array(size)
    this.#stamps = new Int32Array(size)
  }

  clear(): void {
    this.count = 0
    this.#stamp += 1
  }

  /** Whether a step was not there yet. */
  enter(step: number): boolean {
    if (this.#stamps[step] === this.#stamp) return false
    this.#stamps[step] = this.#stamp
    return true
  }

  push(step: number, start: number): void {
    this.steps[this.count] = step
    this.starts[this.count] = start
    this.count += 1
  }
}

/**
 * All matches of a program in a text, none of them empty, as JavaScript's `matchAll` finds them. Every way through the program goes on at
 * once, so that a place in the text costs at most as much as the program is long, whatever the text is; only what has to be looked at
 * again behind each match can add up, which the budget ends. `undefined` is a pause: whoever searches may do something else first. Throws
 * OutOfBudget.
 */
export function* search({ steps, first }: Program, text: string, budget: Budget): Generator<Span | undefined> {
  let now = new Threads(steps.length)
  let next = new Threads(steps.length)
  let from = 0
  while (from < text.length) {
    let found: Span | undefined
    now.clear()
    for (let at = from; ; at += 1) {
      if (now.count === 0) {
        if (found) break
        for (;;) {
          const until = Math.min(at + stretch, text.length)
          const begin = skipped(text, at, until, first)
          spend(budget, (begin - at) * skipCost)
          at = begin
          if (at < until) break
          if (at >= text.length) return
          yield undefined
        }
        now.clear()
      }
      if (!found) follow(steps, now, 0, at, text, at)
      spend(budget, now.count + 1)
      if ((at & often) === often) yield undefined
      next.clear()
      const unit = at < text.length ? text.charCodeAt(at) : -1
      for (let thread = 0; thread < now.count; thread += 1) {
        const step = steps[now.steps[thread]!]!
        const start = now.starts[thread]!
        if (step.type === "match") {
          if (at === start) continue
          found = { start, end: at }
          // Whatever comes behind it is less preferred.
          break
        }
        if (step.type === "set" && unit >= 0 && step.set.has(unit))
          follow(steps, next, now.steps[thread]! + 1, start, text, at + 1)
      }
      ;[now, next] = [next, now]
      if (at >= text.length) break
    }
    if (!found) return
    yield found
    from = found.end
  }
}

function spend(budget: Budget, steps: number): void {
  budget.left -= steps
  if (budget.left < 0) throw new OutOfBudget()
}

function skipped(text: string, from: number, until: number, first: CharacterSet): number {
  let at = from
  while (at < until && !first.has(text.charCodeAt(at))) at += 1
  return at
}

/** Adds what is reached from a step without reading anything, in the order of preference. */
function follow(steps: readonly Step[], threads: Threads, from: number, start: number, text: string, at: number): void {
  const ways = [from]
  while (ways.length > 0) {
    const number = ways.pop()!
    if (!threads.enter(number)) continue
    const step = steps[number]!
    if (step.type === "fork") ways.push(step.other, step.next)
    else if (step.type !== "assert") threads.push(number, start)
    else if (holds(step.at, text, at)) ways.push(number + 1)
  }
}

function holds(wanted: Extract<Step, { type: "assert" }>["at"], text: string, at: number): boolean {
  if (wanted === "start") return at === 0
  if (wanted === "end") return at === text.length
  const isEdge = isWord(text, at - 1) !== isWord(text, at)
  return wanted === "edge" ? isEdge : !isEdge
}

const isWord = (text: string, at: number): boolean =>
  at >= 0 && at < text.length && CharacterSet.word.has(text.charCodeAt(at))
