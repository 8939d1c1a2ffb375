import type { Row, Statement } from "../executor.ts"

/**
 * Work that reads the database as it goes, whoever holds the connection: it yields what it wants to read and is given the rows. So the same
 * code runs in a thread of its own on a file, and over a network without one.
 */
export type Steps<Result> = Generator<Statement, Result, readonly Row[]>

export function runSteps<Result>(steps: Steps<Result>, query: (statement: Statement) => readonly Row[]): Result {
  let step = steps.next()
  while (!step.done) step = steps.next(query(step.value))
  return step.value
}

export async function awaitSteps<Result>(
  steps: Steps<Result>,
  query: (statement: Statement) => Promise<readonly Row[]>,
): Promise<Result> {
  let step = steps.next()
  while (!step.done) step = steps.next(await query(step.value))
  return step.value
}
