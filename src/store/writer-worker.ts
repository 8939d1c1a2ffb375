import { type Connection, type ConnectionOptions, openConnection } from "./connection.ts"
import type { Statement } from "./executor.ts"
import { storeFailure } from "./executor.ts"
import type { PackedBatch } from "./packed-batch.ts"
import type { ThreadAnswer } from "./thread.ts"
import type { UsageQuestion } from "./usage/question.ts"

/**
 * A thread that owns a connection: in one instance the only writing connection of the system, in another a reading one for queries that would
 * hold up requests. Jobs are answered in order.
 */
export type Job =
  | { readonly number: number; readonly kind: "open"; readonly options: ConnectionOptions }
  | ({ readonly number: number; readonly kind: "batch" } & PackedBatch)
  | { readonly number: number; readonly kind: "commit"; readonly statements: readonly Statement[] }
  | { readonly number: number; readonly kind: "query"; readonly statement: Statement }
  | { readonly number: number; readonly kind: "compact" }
  | { readonly number: number; readonly kind: "usage"; readonly question: UsageQuestion }
  | { readonly number: number; readonly kind: "close" }

declare const self: Worker

let connection: Connection | undefined

const use = (): Connection => {
  if (connection === undefined) throw new Error("the first job must be `open`")
  return connection
}

const run = (job: Job): unknown => {
  switch (job.kind) {
    case "open":
      connection = openConnection(job.options)
      return undefined
    case "batch":
      return use().apply(job)
    case "commit":
      return use().commit(job.statements)
    case "query":
      return use().query(job.statement)
    case "compact":
      return use().compact()
    case "usage":
      return use().usage(job.question)
    case "close":
      return connection?.close()
  }
}

self.onmessage = (event: MessageEvent<Job>) => {
  const job = event.data
  let answer: ThreadAnswer
  try {
    answer = { number: job.number, ok: true, result: run(job) }
  } catch (thrown) {
    const { code, message } = storeFailure(thrown)
    answer = { number: job.number, ok: false, code, message }
  }
  self.postMessage(answer)
}
