import type { ChatPart, FileNotes } from "../../contract/index.ts"
import { type Answer, type PartsAnswer, partsOf } from "../answer.ts"
import type { Exchange } from "../exchange.ts"

/** Tells the client the text of the files that were read for this answer, where its format has a place for it. */
export function noteFiles(exchange: Exchange, answer: Answer): Answer {
  const notes = exchange.client.fileNotes
  const files = exchange.files?.read ?? []
  if (!notes || files.length === 0 || answer.kind !== "parts") return answer
  const told = files.map((file) => notes.write(file))
  return { ...answer, first: [], parts: noted(answer, told) }
}

/** Just before the first choice ends: what is said in its last words must not wait for a document. */
async function* noted(answer: PartsAnswer, told: readonly ReturnType<FileNotes["write"]>[]): AsyncGenerator<ChatPart> {
  let isTold = false
  for await (const part of partsOf(answer)) {
    if (part.type === "finish" && !isTold) {
      isTold = true
      yield* told
    }
    yield part
  }
}
