import { expect, test } from "bun:test"
import { scheduleRefreshes } from "../../src/facts/refresh/schedule.ts"

const silent = { debug() {}, info() {}, warn() {}, error() {} }

/** A timer that is moved by hand. */
const clockwork = () => {
  const waits: number[] = []
  let pending: (() => void) | undefined
  return {
    waits,
    isWaiting: () => pending !== undefined,
    after(milliseconds: number, run: () => void) {
      waits.push(milliseconds)
      pending = run
      return () => {
        pending = undefined
      }
    },
    async strike() {
      const run = pending
      pending = undefined
      run?.()
      await new Promise((resolve) => setImmediate(resolve))
    },
  }
}

test("first one to ten minutes after the start, then every five to ten", async () => {
  for (const [chance, first, later] of [
    [0, 60_000, 300_000],
    [0.5, 330_000, 450_000],
    [0.999999, 599_999, 600_000],
  ] as const) {
    const timer = clockwork()
    let looked = 0
    const refresher = { refreshDue: async () => looked++ }
    scheduleRefreshes({ refresher, random: () => chance, after: timer.after, log: silent })
    expect([looked, timer.waits]).toEqual([0, [first]])
    await timer.strike()
    await timer.strike()
    expect([looked, timer.waits]).toEqual([2, [first, later, later]])
  }
})

test("a look that fails is not the last one; one that takes long is not overtaken", async () => {
  const timer = clockwork()
  const errors: string[] = []
  const slow = Promise.withResolvers<void>()
  const looks = [Promise.reject(new Error("store")), slow.promise]
  scheduleRefreshes({
    refresher: { refreshDue: () => looks.shift() ?? Promise.resolve() },
    random: () => 0,
    after: timer.after,
    log: { ...silent, error: (message: string) => void errors.push(message) },
  })
  await timer.strike()
  expect(errors).toHaveLength(1)
  await timer.strike()
  expect(timer.isWaiting()).toBe(false)
  slow.resolve()
  await new Promise((resolve) => setImmediate(resolve))
  expect(timer.isWaiting()).toBe(true)
})

test("nothing is looked for after the end", async () => {
  const timer = clockwork()
  const running = Promise.withResolvers<void>()
  const end = scheduleRefreshes({
    refresher: { refreshDue: () => running.promise },
    random: () => 0,
    after: timer.after,
    log: silent,
  })
  await timer.strike()
  end()
  running.resolve()
  await new Promise((resolve) => setImmediate(resolve))
  expect(timer.isWaiting()).toBe(false)
})
