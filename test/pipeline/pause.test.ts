import { expect, test } from "bun:test"
import { pause } from "../../src/pipeline/relay/wait.ts"

const gone = new Error("gone")

test("a wait is over when its time is", async () => {
  expect(await pause(1, new AbortController().signal, () => gone)).toBeUndefined()
})

test("whoever leaves ends it, also before it has begun", async () => {
  const leaving = new AbortController()
  const waiting = pause(3_600_000, leaving.signal, () => gone)
  leaving.abort()
  await expect(waiting).rejects.toBe(gone)
  await expect(pause(3_600_000, leaving.signal, () => gone)).rejects.toBe(gone)
})
