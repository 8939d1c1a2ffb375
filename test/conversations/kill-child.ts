import { openKeptResponses } from "../../src/conversations/kept-responses.ts"
import { fixedClock, NOW, openTestStore, recordingLog } from "../store/support.ts"

/** Keeps one answer in the folder it is told, says so once the ledger's flush time has done its work, and waits to be killed. */
const clock = fixedClock()
const store = await openTestStore(process.argv[2]!, { clock, durability: "strict" })
const kept = await openKeptResponses({
  store,
  clock,
  log: recordingLog(),
  retentionMs: () => 86_400_000,
  flushMs: 1,
  alone: true,
})
await kept.keep({ id: "resp_killed", keyId: "k1", createdAt: NOW, input: '["hi"]', response: '{"output":[]}' })
console.log("kept")
setInterval(() => {}, 60_000)
