import { expect, test } from "bun:test"
import { wholeList } from "../../src/http/whole-list.ts"

test.each([0, 1, 250, 251, 1_000])("a list of %i rows is printed whole, in order", async (count) => {
  const rows = Array.from({ length: count }, (_, id) => ({ id, name: `"Key" ${id}` }))
  const { text } = await wholeList("data", rows, (row) => row)
  expect(JSON.parse(text)).toEqual({ data: rows })
})

test("others get their turn between its slices", async () => {
  let turns = 0
  let running = true
  const count = (): void => {
    turns += 1
    if (running) setImmediate(count)
  }
  setImmediate(count)
  await wholeList("data", Array.from({ length: 2_000 }), () => ({}))
  running = false
  expect(turns).toBeGreaterThanOrEqual(4)
})
