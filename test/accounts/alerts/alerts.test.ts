import { afterAll, afterEach, describe, expect, test } from "bun:test"
import type { Alerts } from "../../../src/accounts/alerts/alerts.ts"
import { signature } from "../../../src/accounts/alerts/send.ts"
import type { Standing } from "../../../src/accounts/standing/types.ts"
import type { Alert } from "../../../src/contract/index.ts"
import type { Post } from "../../../src/egress/guarded-post.ts"
import type { Store } from "../../../src/store/open-store.ts"
import { newFolder, openTestStore, removeFolders } from "../../store/support.ts"
import { usd } from "./kit.ts"
import { openWatched } from "./opened.ts"

const opened: { stop(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of opened.splice(0)) await one.stop()
})
afterAll(removeFolders)

/** Until something holds that follows from work that is under way; the store is on a thread of its own. */
const until = async (holds: () => boolean | Promise<boolean>) => {
  while (!(await holds())) await new Promise((resolve) => setImmediate(resolve))
}

interface Receiver {
  readonly posts: Post[]
  /** What a destination is answered at its nth try, from 0. */
  readonly answer: (path: string, nth: number) => number | Error
}

const openAlerts = async (store: Store, receiver: Receiver, spentNano: () => number, alone = true) => {
  const one = await openWatched(store, spentNano, alone, async (post) => {
    const { pathname } = new URL(post.url)
    const answer = receiver.answer(pathname, at(receiver, pathname).length)
    receiver.posts.push(post)
    if (answer instanceof Error) throw answer
    return { status: answer, text: "" }
  })
  opened.push(one.alerts)
  return one
}

const receiverOf = (answer: Receiver["answer"] = () => 200): Receiver => ({ posts: [], answer })
const at = ({ posts }: Pick<Receiver, "posts">, path: string) =>
  posts.filter(({ url }) => new URL(url).pathname === path)
const spent = ({ alerts, standing, clock }: { alerts: Alerts; standing: Standing; clock: { now(): number } }) =>
  alerts.spent(standing, clock.now())

describe("what is crossed", () => {
  test("is decided once and told everybody, however many requests cross it together", async () => {
    await using store = await openTest()
    const receiver = receiverOf()
    const one = await openAlerts(store, receiver, () => usd(8.5))
    await one.alerts.start()
    for (let request = 0; request < 200; request += 1) spent(one)
    await one.alerts.idle()
    expect(
      receiver.posts.map(({ url, body }) => `${new URL(url).pathname} ${JSON.parse(body).threshold}`).toSorted(),
    ).toEqual(["/boss 50", "/boss 80", "/ops 50", "/ops 80"])
    expect(one.published.map((event) => event.type === "alert-fired" && event.alert.threshold)).toEqual([50, 80])
    const history = await one.alerts.recorded.history({ limit: 10, offset: 0 })
    expect(history.map(({ alert, deliveries }) => [alert.threshold, deliveries.map(({ tries }) => tries)])).toEqual(
      expect.arrayContaining([
        [50, [1, 1]],
        [80, [1, 1]],
      ]),
    )
  })

  test("is decided by one of two gateways", async () => {
    await using store = await openTest()
    const receiver = receiverOf()
    const gateways = [
      await openAlerts(store, receiver, () => usd(6), false),
      await openAlerts(store, receiver, () => usd(6), false),
    ]
    for (const one of gateways) spent(one)
    await Promise.all(gateways.map(({ alerts }) => alerts.idle()))
    expect(receiver.posts).toHaveLength(2)
    expect(gateways.flatMap(({ published }) => published)).toHaveLength(1)
    expect(await gateways[0]!.alerts.recorded.count()).toBe(1)
  })

  test("is not told again after a restart", async () => {
    await using store = await openTest()
    const receiver = receiverOf()
    const first = await openAlerts(store, receiver, () => usd(6))
    await first.alerts.start()
    await first.alerts.idle()
    await first.alerts.stop()
    expect(receiver.posts).toHaveLength(2)
    const second = await openAlerts(store, receiver, () => usd(6))
    await second.alerts.start()
    spent(second)
    await second.alerts.idle()
    expect(receiver.posts).toHaveLength(2)
  })

  test("is found at the start, because whoever has spent all does not spend again", async () => {
    await using store = await openTest()
    const receiver = receiverOf()
    const one = await openAlerts(store, receiver, () => usd(10))
    await one.alerts.start()
    await one.alerts.idle()
    expect(receiver.posts).toHaveLength(6)
  })

  test("is found again when the store could not take it", async () => {
    await using store = await openTest()
    const receiver = receiverOf()
    let broken = true
    const writer: Store["writer"] = {
      ...store.writer,
      commit: async (statements) => {
        if (broken) throw new Error("the disk is full")
        return store.writer.commit(statements)
      },
    }
    const one = await openAlerts({ ...store, writer } as Store, receiver, () => usd(6))
    spent(one)
    await one.alerts.idle()
    expect(receiver.posts).toEqual([])
    expect(one.log.lines.map(({ message }) => message)).toEqual(["an alert cannot be written down; it is tried again"])
    broken = false
    spent(one)
    await one.alerts.idle()
    expect(receiver.posts).toHaveLength(2)
  })
})

describe("a receiver", () => {
  test("that fails twice is told at the third try, with the same id", async () => {
    await using store = await openTest()
    const answers = [500, new Error("connection refused"), 200]
    const receiver = receiverOf((path, nth) => (path === "/ops" ? answers[nth]! : 200))
    const one = await openAlerts(store, receiver, () => usd(6))
    spent(one)
    for (const wait of [1000, 4000]) {
      await until(() => one.timers.waits().includes(wait))
      one.timers.fire(wait)
    }
    await one.alerts.idle()
    expect(at(receiver, "/ops")).toHaveLength(3)
    expect(new Set(receiver.posts.map(({ headers }) => headers["x-signalbox-alert"])).size).toBe(1)
    const [firing] = await one.alerts.recorded.history({ limit: 1, offset: 0 })
    const ops = firing?.deliveries.find(({ destinationId }) => destinationId === "file:ops")
    expect(ops).toMatchObject({ tries: 3, status: 200, deliveredAt: one.clock.now() })
  })

  test("that goes on failing is given up after the fourth try, and keeps nobody else waiting", async () => {
    await using store = await openTest()
    const receiver = receiverOf((path) => (path === "/ops" ? 503 : 200))
    const one = await openAlerts(store, receiver, () => usd(6))
    spent(one)
    for (const wait of [1000, 4000, 16_000]) {
      await until(() => one.timers.waits().includes(wait))
      one.timers.fire(wait)
    }
    await one.alerts.idle()
    expect([at(receiver, "/ops").length, at(receiver, "/boss").length]).toEqual([4, 1])
    const states = await one.alerts.recorded.states()
    expect(states.get("file:ops")?.lastError).toBe("The receiver answered with status 503.")
    expect(states.get("file:boss")).toEqual({ lastSuccessAt: one.clock.now() })
  })

  test("that says no is not asked again", async () => {
    await using store = await openTest()
    const receiver = receiverOf((path) => (path === "/ops" ? 404 : 302))
    const one = await openAlerts(store, receiver, () => usd(6))
    spent(one)
    await one.alerts.idle()
    expect(receiver.posts).toHaveLength(2)
    const [firing] = await one.alerts.recorded.history({ limit: 1, offset: 0 })
    expect(firing?.deliveries.every(({ failedAt }) => failedAt === one.clock.now())).toBe(true)
  })

  test("that was not reached before the process ended is told by the next one", async () => {
    await using store = await openTest()
    const first = receiverOf(() => 503)
    const one = await openAlerts(store, first, () => usd(6))
    spent(one)
    await until(() => one.timers.waits().filter((wait) => wait === 1000).length === 2)
    await one.alerts.stop()
    const second = receiverOf()
    const two = await openAlerts(store, second, () => usd(6))
    await two.alerts.start()
    await two.alerts.idle()
    const ids = (posts: readonly Post[]) => [...new Set(posts.map(({ headers }) => headers["x-signalbox-alert"]))]
    expect(second.posts).toHaveLength(2)
    expect(ids(second.posts)).toEqual(ids(first.posts))
    expect(two.published).toEqual([])
  })

  test("that another gateway is at is left to it, until its time is over", async () => {
    await using store = await openTest()
    const one = await openAlerts(
      store,
      receiverOf(() => 503),
      () => usd(6),
      false,
    )
    spent(one)
    await until(() => one.timers.waits().filter((wait) => wait === 1000).length === 2)
    const second = receiverOf()
    const two = await openAlerts(store, second, () => usd(6), false)
    await two.alerts.start()
    await two.alerts.idle()
    expect(second.posts).toEqual([])
    two.clock.time += 300_001
    two.timers.fire(60_000)
    await until(() => second.posts.length === 2)
  })

  test("can check who sends", async () => {
    await using store = await openTest()
    const receiver = receiverOf()
    const one = await openAlerts(store, receiver, () => usd(6))
    spent(one)
    await one.alerts.idle()
    const ops = receiver.posts.find(({ url }) => url.endsWith("/ops"))!
    const boss = receiver.posts.find(({ url }) => url.endsWith("/boss"))!
    const [, time, code] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(ops.headers["x-signalbox-signature"] ?? "") ?? []
    const key = await crypto.subtle.importKey(
      "raw",
      new TextEncoder().encode("a-secret-of-ops"),
      { name: "HMAC", hash: "SHA-256" },
      false,
      ["sign"],
    )
    const expected = await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(`${time}.${ops.body}`))
    expect(code).toBe(Buffer.from(expected).toString("hex"))
    expect(boss.headers["x-signalbox-signature"]).toBeUndefined()
    expect(signature("a", "b", 1000)).not.toEqual(signature("a", "b", 2000))
  })
})

test("a destination can be tried, once, and the answer is told and recorded as a test", async () => {
  await using store = await openTest()
  const receiver = receiverOf((_, nth) => (nth === 0 ? 500 : 200))
  const one = await openAlerts(store, receiver, () => 0)
  expect(await one.alerts.test("file:ops")).toMatchObject({ ok: false, status: 500 })
  expect(await one.alerts.test("file:ops")).toMatchObject({ ok: true, status: 200 })
  expect(receiver.posts).toHaveLength(2)
  const history = await one.alerts.recorded.history({ limit: 10, offset: 0 })
  expect(history.map(({ alert }: { alert: Alert }) => alert.test)).toEqual([true, true])
  await expect(one.alerts.test("nobody")).rejects.toThrow("no such")
})

const openTest = async () => {
  const store = await openTestStore(newFolder())
  return Object.assign(store, {
    async [Symbol.asyncDispose]() {
      for (const one of opened.splice(0)) await one.stop()
      await store.close()
    },
  })
}
