import { afterAll, expect, test } from "bun:test"
import { join } from "node:path"
import { openLogThread } from "../../../src/ledger/log/log-thread.ts"
import { databaseFile } from "../../../src/store/client.ts"
import { newFolder, openTestStore, removeFolders } from "../../store/support.ts"

afterAll(removeFolders)

test("whoever asks while the thread is being ended is answered, by the next one", async () => {
  const dataDir = newFolder()
  await (await openTestStore(dataDir)).close()
  const thread = openLogThread({ file: join(dataDir, "log.db"), ledger: { path: databaseFile(dataDir) } }, 10_000)
  const before = thread.ask({ kind: "step", rows: 1 })
  const ended = thread.close()
  const after = thread.ask({ kind: "step", rows: 1 })
  expect(await before).toEqual({ rows: 0, done: true })
  await ended
  expect(await after).toEqual({ rows: 0, done: true })
  await thread.close()
})
