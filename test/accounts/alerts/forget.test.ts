import { afterAll, expect, test } from "bun:test"
import { testAlert } from "../../../src/accounts/alerts/describe.ts"
import { forgetOldFirings, openFirings } from "../../../src/accounts/alerts/firings.ts"
import { NOW, newFolder, openTestStore, removeFolders } from "../../store/support.ts"

afterAll(removeFolders)

const dayMs = 86_400_000

test("what was told is kept for a year, and of what never ends for ever", async () => {
  const store = await openTestStore(newFolder())
  const firings = openFirings(store, "here")
  const fire = (id: string, at: number, windowStart: number) =>
    firings.fire(
      { alert: "rule", account: `key:${id}`, threshold: "percent 80 daily", windowStart, amountNano: 8 },
      testAlert(id, at, "signalbox"),
      ["one", "two"],
      at,
    )
  const old = NOW - 401 * dayMs
  await fire("old", old, old)
  await fire("old-total", old, 0)
  await fire("of-a-year", NOW - 366 * dayMs, NOW - 366 * dayMs)
  await fire("new", NOW, NOW)
  await store.writer.commit(forgetOldFirings(NOW))
  const left = await firings.history({ limit: 10, offset: 0 })
  expect(left.map(({ alert, deliveries }) => [alert.id, deliveries.length])).toEqual([
    ["new", 2],
    ["of-a-year", 2],
    ["old-total", 2],
  ])
  expect(await firings.count()).toBe(3)
  const [{ count } = {}] = await store.writer.query({ sql: "select count(*) as count from alert_deliveries", args: [] })
  expect(count).toBe(6)
  await store.close()
})
