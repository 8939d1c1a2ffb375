import { afterAll, expect, test } from "bun:test"
import { forgetSpending } from "../../../src/gateway/forget-spending.ts"
import { fixedClock, generation, newFolder, openTestStore, recordingLog, removeFolders } from "../../store/support.ts"

afterAll(removeFolders)

const day = 86_400_000

test("days that no limit looks at are taken away, again and again; what was spent since ever stays", async () => {
  const store = await openTestStore(newFolder())
  const clock = fixedClock()
  for (const daysAgo of [0, 30, 62, 63, 400])
    store.writer.append(generation({ keyId: "k", costNano: 10 }), clock.time - daysAgo * day)
  await store.writer.flush()
  const waiting: { readonly ms: number; readonly run: () => void }[] = []
  let committed = Promise.resolve<unknown>(undefined)
  const end = forgetSpending({
    commit: (statements) => {
      committed = store.writer.commit(statements)
      return committed
    },
    clock,
    log: recordingLog(),
    after: (ms, run) => {
      waiting.push({ ms, run })
      return () => {}
    },
  })
  const days = async () =>
    (
      await store.writer.query({
        sql: "select day, spent_nano as nano from spending where account = 'key:k' order by day desc",
        args: [],
      })
    ).map(({ day: start, nano }) => [start === 0 ? "ever" : Math.round((clock.time - Number(start)) / day), nano])
  expect((await days()).length).toBe(6)
  waiting.shift()!.run()
  await committed
  expect(await days()).toEqual([
    [1, 10],
    [31, 10],
    [63, 10],
    ["ever", 50],
  ])
  await new Promise((resolve) => setImmediate(resolve))
  expect(waiting).toHaveLength(1)
  end()
  clock.time += 40 * day
  waiting.shift()!.run()
  await committed
  expect(await days()).toEqual([
    [41, 10],
    ["ever", 50],
  ])
  await new Promise((resolve) => setImmediate(resolve))
  // It was ended.
  expect(waiting).toHaveLength(0)
  await store.close()
})
