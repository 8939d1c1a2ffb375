import { afterAll, expect, test } from "bun:test"
import { join } from "node:path"
import { newFolder, openTestStore, removeFolders } from "../../store/support.ts"
import { usd } from "./kit.ts"
import { openWatched } from "./opened.ts"

afterAll(removeFolders)

interface Told {
  readonly to: string
  readonly id: string
  readonly threshold: number
}

/** Has a child tell of three thresholds, and kills it when a receiver has heard so many messages. */
async function killAfter(dataDir: string, messages: number): Promise<readonly Told[]> {
  const told: Told[] = []
  let enough = () => {}
  const heard = new Promise<void>((resolve) => {
    enough = resolve
  })
  const receiver = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const body = (await request.json()) as Omit<Told, "to">
      told.push({ to: new URL(request.url).pathname, ...body })
      if (told.length >= messages) enough()
      // The last one is cut off before its answer.
      return told.length >= messages ? new Promise<Response>(() => {}) : new Response("ok")
    },
  })
  const child = Bun.spawn(
    [process.execPath, join(import.meta.dir, "kill-child.ts"), dataDir, `http://127.0.0.1:${receiver.port}`],
    { stderr: "inherit" },
  )
  await heard
  child.kill("SIGKILL")
  await child.exited
  await receiver.stop(true)
  return told
}

test.each([1, 2, 4])(
  "kill -9 after %d messages: each threshold is decided once and told to everybody",
  async (messages) => {
    const dataDir = newFolder()
    const before = await killAfter(dataDir, messages)
    const after: Told[] = []
    const store = await openTestStore(dataDir)
    const { alerts } = await openWatched(
      store,
      () => usd(10),
      true,
      async ({ url, body }) => {
        after.push({ to: new URL(url).pathname, ...(JSON.parse(body) as Omit<Told, "to">) })
        return { status: 200, text: "" }
      },
    )
    await alerts.start()
    await alerts.idle()
    expect(after.length).toBeGreaterThan(0)
    const all = [...before, ...after]
    for (const threshold of [50, 80, 100]) {
      const own = all.filter((one) => one.threshold === threshold)
      expect(new Set(own.map(({ to }) => to))).toEqual(new Set(["/ops", "/boss"]))
      expect(new Set(own.map(({ id }) => id)).size).toBe(1)
    }
    expect(await alerts.recorded.count()).toBe(3)
    const history = await alerts.recorded.history({ limit: 10, offset: 0 })
    for (const { deliveries } of history)
      expect(deliveries.map(({ deliveredAt }) => deliveredAt !== undefined)).toEqual([true, true])
    await alerts.stop()
    await store.close()
  },
)
