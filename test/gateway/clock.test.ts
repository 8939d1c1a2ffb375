import { expect, test } from "bun:test"
import { createClock } from "../../src/gateway/clock.ts"

test("follows the time of day where that is far ahead, and never goes back", () => {
  let [timeOfDay, steady] = [1_000_000, 50]
  const now = createClock(
    () => timeOfDay,
    () => steady,
  )
  expect(now()).toBe(1_000_000)
  steady += 400
  // The time of day is corrected a little: durations stay true.
  timeOfDay += 300
  expect(now()).toBe(1_000_400)
  timeOfDay += 900
  expect(now()).toBe(1_000_400)
  // The machine slept.
  timeOfDay += 3_600_000
  expect(now()).toBe(timeOfDay)
  steady += 10
  timeOfDay += 10
  expect(now()).toBe(timeOfDay)
  // Somebody set it back.
  const before = now()
  timeOfDay -= 7_200_000
  steady += 5
  expect(now()).toBe(before + 5)
})
