import { messageOf } from "../../contract/errors.ts"
import { openRemote } from "../../store/client.ts"
import { openConnection } from "../../store/connection.ts"
import { storeFailure } from "../../store/executor.ts"
import { remoteExecutor } from "../../store/remote-executor.ts"
import type { ThreadAnswer } from "../../store/thread.ts"
import { removeLogFile } from "./log-file.ts"
import { type LogIndex, openLogIndex, type ReadLedger } from "./log-index.ts"
import type { LogIndexOptions, LogQuestion } from "./types.ts"

/** The thread that fills and searches the log. Questions are answered in order. */
export type LogJob = LogQuestion & { readonly number: number }

declare const self: Worker

let index: LogIndex | undefined
let file = ""
let read: ReadLedger = async () => []
let letGo: () => void = () => undefined

async function ledgerOf(ledger: LogIndexOptions["ledger"]): Promise<ReadLedger> {
  if ("url" in ledger) {
    const executor = remoteExecutor(await openRemote(ledger.url, ledger.authToken))
    letGo = () => void executor.close()
    return executor.query
  }
  const connection = openConnection({ path: ledger.path, busyMs: 2000, readOnly: true, alwaysDurable: false })
  letGo = connection.close
  return async (statement) => connection.query(statement)
}

async function run(job: LogJob): Promise<unknown> {
  if (job.kind === "open") {
    file = job.options.file
    read = await ledgerOf(job.options.ledger)
    index = openLogIndex(file, read, () => performance.now())
    return undefined
  }
  if (index === undefined) throw new Error("the first question must be `open`")
  if (job.kind === "close") {
    index.close()
    letGo()
    return undefined
  }
  try {
    return await index.ask(job)
  } catch (thrown) {
    if (!/^SQLITE_(CORRUPT|NOTADB)/.test(storeFailure(thrown).code)) throw thrown
    // Everything that was in it comes from the ledger.
    index.close()
    removeLogFile(file)
    index = openLogIndex(file, read, () => performance.now())
    return index.ask(job)
  }
}

let turn: Promise<unknown> = Promise.resolve()
self.onmessage = ({ data: job }: MessageEvent<LogJob>) => {
  turn = turn.then(async () => {
    let answer: ThreadAnswer
    try {
      answer = { number: job.number, ok: true, result: await run(job) }
    } catch (thrown) {
      answer = { number: job.number, ok: false, message: messageOf(thrown) }
    }
    self.postMessage(answer)
  })
}
