import { type Connection, type ConnectionOptions, openConnection } from "./connection.ts"
import type { Batch, Statement } from "./executor.ts"
import { storeFailure } from "./executor.ts"

/**
 * A thread that owns a connection: in one instance the only writing connection of the system, in another a reading one for queries that would
 * hold up requests. Jobs come as JSON text (half the price of a structured clone for the sender) and are answered in order.
 */
export type Job =
  | { readonly number: number; readonly kind: "open"; readonly options: ConnectionOptions }
  | { readonly number: number; readonly kind: "batch"; readonly batch: Batch }
  | { readonly number: number; readonly kind: "commit"; readonly statements: readonly Statement[] }
  | { readonly number: number; readonly kind: "query"; readonly statement: Statement }
  | { readonly number: number; readonly kind: "close" }

export type Answer =
  | { readonly number: number; readonly ok: true; readonly result: unknown }
  | { readonly number: number; readonly ok: false; readonly code: string; readonly message: string }

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
      return use().apply(job.batch)
    case "commit":
      return use().commit(job.statements)
    case "query":
      return use().query(job.statement)
    case "close":
      return connection?.close()
  }
}

self.onmessage = (event: MessageEvent<string>) => {
  const job = JSON.parse(event.data) as Job
  let answer: Answer
  try {
    answer = { number: job.number, ok: true, result: run(job) }
  } catch (thrown) {
    const { code, message } = storeFailure(thrown)
    answer = { number: job.number, ok: false, code, message }
  }
  self.postMessage(answer)
}
