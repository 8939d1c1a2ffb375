/** Run by kill.test.ts: writes rows without end and says on stdout which ones it was told are safe. Arguments: data directory, durability. */
import { openStore } from "../../src/store/open-store.ts"
import { generation, recordingLog } from "./support.ts"

const [, , dataDir = "", durability = "relaxed"] = process.argv
const store = await openStore({
  dataDir,
  flushMs: 2,
  queueRows: 100_000,
  durability: durability === "strict" ? "strict" : "relaxed",
  log: recordingLog(),
  clock: Date,
  newId: () => crypto.randomUUID().slice(0, 8),
})
const row = (id: string) => generation({ id, costNano: 3 })
const say = (text: string): void => {
  process.stdout.write(`${text}\n`)
}

const strictly = async (lane: number): Promise<void> => {
  for (let index = 0; ; index += 1) {
    const id = `${lane}-${index}`
    if (await store.writer.appendAndWait(row(id), Date.now())) say(id)
  }
}
const relaxed = async (): Promise<void> => {
  for (let index = 0; ; index += 1) {
    const ids = Array.from({ length: 37 }, (_, position) => `${index}-${position}`)
    for (const id of ids) store.writer.append(row(id), Date.now())
    await store.writer.flush()
    for (const id of ids) say(id)
  }
}
await (durability === "strict" ? Promise.all(Array.from({ length: 50 }, (_, lane) => strictly(lane))) : relaxed())
