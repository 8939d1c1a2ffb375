import { messageOf } from "../contract/errors.ts"
import type { ThreadAnswer } from "../store/thread.ts"
import { DayFiles } from "./day-files.ts"
import type { BodyQuestion } from "./types.ts"

/** The thread that compresses, encrypts, writes and reads kept bodies. */
export type BodyJob = BodyQuestion & { readonly number: number }

declare const self: Worker

/** So much is written before the quota is looked at again. */
const sweepBytes = 16 << 20

let files: DayFiles | undefined
let written = 0

const use = (): DayFiles => {
  if (files === undefined) throw new Error("the first question must be `open`")
  return files
}

function run(job: BodyJob): unknown {
  switch (job.kind) {
    case "open":
      files = new DayFiles(job.folder, job.name, job.seed)
      return undefined
    case "keep":
      for (const body of job.bodies) {
        use().keep(body, job.settings)
        written += body.request.length + body.answer.length
      }
      if (written < sweepBytes) return undefined
      written = 0
      return use().sweep(job.bodies.at(-1)?.at ?? 0, job.settings)
    case "find":
      return use().find(job.id, job.at, job.settings)
    case "sweep":
      return use().sweep(job.now, job.settings)
    case "close":
      return use().close()
  }
}

self.onmessage = ({ data: job }: MessageEvent<BodyJob>) => {
  let answer: ThreadAnswer
  try {
    answer = { number: job.number, ok: true, result: run(job) }
  } catch (thrown) {
    answer = { number: job.number, ok: false, message: messageOf(thrown) }
  }
  self.postMessage(answer)
}
