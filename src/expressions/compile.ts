import { CharacterSet } from "./character-set.ts"
import { BadExpression, type Node, parse } from "./parse.ts"

/** One step of a program. `next` of a fork is the way that is preferred. */
export type Step =
  | { readonly type: "set"; readonly set: CharacterSet }
  | { type: "fork"; next: number; other: number }
  | { readonly type: "assert"; readonly at: "start" | "end" | "edge" | "inside" }
  | { readonly type: "match" }

/** An expression as steps, where each but a fork goes on to the one behind it. */
export interface Program {
  readonly steps: readonly Step[]
  /** With what a match can begin. */
  readonly first: CharacterSet
}

/** What counts above a few hundred make of an expression must not become a program that is slow by its length. */
const mostSteps = 5000

/** Throws BadExpression. */
export function compile(source: string): Program {
  const steps: Step[] = []
  emit(parse(source), steps)
  steps.push({ type: "match" })
  return { steps, first: firstOf(steps) }
}

function push<S extends Step>(steps: Step[], step: S): S {
  if (steps.length >= mostSteps) throw new BadExpression("Its counts make it too long. Use smaller numbers in {…}.")
  steps.push(step)
  return step
}

const fork = (steps: Step[]) => push(steps, { type: "fork" as const, next: -1, other: -1 })

/** `lazy`: going on without another one is preferred. */
function aim(step: Extract<Step, { type: "fork" }>, inside: number, behind: number, lazy: boolean): void {
  step.next = lazy ? behind : inside
  step.other = lazy ? inside : behind
}

function emit(node: Node, steps: Step[]): void {
  switch (node.type) {
    case "empty":
      return
    case "set":
      push(steps, { type: "set", set: node.set })
      return
    case "assert":
      push(steps, { type: "assert", at: node.at })
      return
    case "all":
      for (const one of node.nodes) emit(one, steps)
      return
    case "any":
      emitAny(node.nodes, steps)
      return
    case "repeat":
      emitRepeat(node, steps)
  }
}

function emitAny(nodes: readonly Node[], steps: Step[]): void {
  const ends: Extract<Step, { type: "fork" }>[] = []
  for (const node of nodes.slice(0, -1)) {
    const choice = fork(steps)
    choice.next = steps.length
    emit(node, steps)
    ends.push(fork(steps))
    choice.other = steps.length
  }
  emit(nodes.at(-1)!, steps)
  for (const end of ends) aim(end, steps.length, steps.length, false)
}

function emitRepeat({ node, least, most, lazy }: Extract<Node, { type: "repeat" }>, steps: Step[]): void {
  const before = steps.length
  for (let count = 0; count < least; count += 1) {
    emit(node, steps)
    // Nothing is the same however often it stands there; counted within counts it would never end.
    if (steps.length === before) return
  }
  if (most === Number.POSITIVE_INFINITY) {
    const choice = fork(steps)
    const start = steps.length - 1
    emit(node, steps)
    const back = fork(steps)
    aim(back, start, start, false)
    aim(choice, start + 1, steps.length, lazy)
    return
  }
  const choices: [Extract<Step, { type: "fork" }>, number][] = []
  for (let count = least; count < most; count += 1) {
    choices.push([fork(steps), steps.length])
    emit(node, steps)
  }
  for (const [choice, inside] of choices) aim(choice, inside, steps.length, lazy)
}

function firstOf(steps: readonly Step[]): CharacterSet {
  const seen = new Set<number>()
  const sets: CharacterSet[] = []
  const ways = [0]
  while (ways.length > 0) {
    const at = ways.pop()!
    if (seen.has(at)) continue
    seen.add(at)
    const step = steps[at]!
    if (step.type === "set") sets.push(step.set)
    else if (step.type === "fork") ways.push(step.next, step.other)
    else if (step.type === "assert") ways.push(at + 1)
  }
  return CharacterSet.union(sets)
}
