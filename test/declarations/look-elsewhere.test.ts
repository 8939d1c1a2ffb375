import { expect, test } from "bun:test"
import { lookElsewhere, lookElsewhereMs } from "../../src/gateway/look-elsewhere.ts"

/** Timers that go off when the test says so. */
function clockwork() {
  const due: { readonly milliseconds: number; readonly run: () => void }[] = []
  const after = (milliseconds: number, run: () => void) => {
    const timer = { milliseconds, run }
    due.push(timer)
    return () => void (due.includes(timer) && due.splice(due.indexOf(timer), 1))
  }
  const tick = async () => {
    due.shift()!.run()
    await Promise.resolve()
    await new Promise<void>((resolve) => setImmediate(resolve))
  }
  return { due, after, tick }
}

test("looks again when the look before has ended; what cannot be reached is told once", async () => {
  const { due, after, tick } = clockwork()
  const answers = [true, new Error("store is away"), new Error("store is away"), false, new Error("again")]
  const lines: string[] = []
  const say = (message: string) => void lines.push(message)
  const end = lookElsewhere({
    refresh: async () => {
      const answer = answers.shift()!
      if (answer instanceof Error) throw answer
      return answer
    },
    after,
    log: { debug: say, info: say, warn: say, error: say },
  })
  for (let look = 0; look < 5; look++) {
    expect(due.map(({ milliseconds }) => milliseconds)).toEqual([lookElsewhereMs])
    await tick()
  }
  expect(lines.filter((line) => line.includes("holds here too"))).toHaveLength(1)
  expect(lines.filter((line) => line.includes("cannot be read"))).toHaveLength(2)
  end()
  expect(due).toEqual([])
})
