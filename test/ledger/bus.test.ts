import { expect, test } from "bun:test"
import type { Sink } from "../../src/contract/capabilities.ts"
import type { GatewayEvent } from "../../src/contract/events.ts"
import { createBus } from "../../src/ledger/bus.ts"
import { recordingLog } from "../store/support.ts"

const event = (at: number): GatewayEvent => ({ type: "config-reloaded", at, ok: true })

const setUp = (sinks: Sink[], options: { queueEvents?: number; batchEvents?: number } = {}) => {
  const log = recordingLog()
  const waits: number[] = []
  const wait = async (ms: number): Promise<void> => {
    waits.push(ms)
  }
  return { log, waits, bus: createBus({ sinks: () => sinks, log, wait, retryMs: 10, ...options }) }
}
const collector = (name: string): Sink & { readonly batches: GatewayEvent[][] } => {
  const batches: GatewayEvent[][] = []
  return { name, batches, write: async (events) => void batches.push([...events]) }
}

test("every sink gets every event, in order, in batches", async () => {
  const sinks = [collector("a"), collector("b")]
  const { bus } = setUp(sinks, { batchEvents: 4 })
  for (let at = 0; at < 10; at += 1) bus.publish(event(at))
  expect(sinks[0]!.batches).toEqual([])
  await bus.flush()
  for (const { batches } of sinks) {
    expect(batches.map(({ length }) => length)).toEqual([4, 4, 2])
    expect(batches.flat().map(({ at }) => at)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  }
})

test("a sink that never answers holds up nobody, and what it cannot take is counted", async () => {
  const stuck: Sink = { name: "stuck", write: () => new Promise(() => undefined) }
  const fine = collector("fine")
  const { bus } = setUp([stuck, fine], { queueEvents: 5 })
  for (let round = 0; round < 4; round += 1) {
    for (let at = 0; at < 5; at += 1) bus.publish(event(at))
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve()
  }
  expect(fine.batches.flat()).toHaveLength(20)
  expect(bus.state().get("stuck")).toEqual({ queued: 5, delivered: 0, failures: 0, dropped: 15 })
  expect(bus.state().get("fine")).toEqual({ queued: 0, delivered: 20, failures: 0, dropped: 0 })
})

test("a batch that fails is tried again, three times at most, then dropped with a log line", async () => {
  let calls = 0
  const flaky: Sink = {
    name: "flaky",
    write: async () => {
      calls += 1
      if (calls < 3 || calls > 3) throw new Error("no route")
    },
  }
  const { bus, waits, log } = setUp([flaky])
  bus.publish(event(1))
  await bus.flush()
  expect(waits).toEqual([10, 20])
  expect(bus.state().get("flaky")).toEqual({ queued: 0, delivered: 1, failures: 2, dropped: 0 })
  bus.publish(event(2))
  await bus.flush()
  expect(bus.state().get("flaky")).toEqual({ queued: 0, delivered: 1, failures: 5, dropped: 1 })
  expect(log.lines.map(({ level }) => level)).toEqual(["warn"])
})

test("a sink that throws at once, without a promise, is a failure like another", async () => {
  const rude: Sink = {
    name: "rude",
    write: () => {
      throw new Error("rude")
    },
  }
  const { bus } = setUp([rude])
  expect(() => bus.publish(event(1))).not.toThrow()
  await bus.flush()
  expect(bus.state().get("rude")).toMatchObject({ failures: 3, dropped: 1 })
})

test("sinks that left the roster get what was published before and are forgotten", async () => {
  const old = collector("old")
  const fresh = collector("new")
  const sinks: Sink[] = [old]
  const { bus } = setUp(sinks)
  bus.publish(event(1))
  sinks.splice(0, 1, fresh)
  bus.publish(event(2))
  await bus.flush()
  expect(old.batches.flat().map(({ at }) => at)).toEqual([1])
  expect(fresh.batches.flat().map(({ at }) => at)).toEqual([2])
  expect([...bus.state().keys()]).toEqual(["new"])
})

test("sinks that fail do not keep each other busy with the news of it", async () => {
  const published: string[] = []
  const failing = (name: string): Sink => ({
    name,
    write: async () => {
      published.push(name)
      bus.publish({ type: "plugin-failed", at: 0, plugin: name, hook: `sink ${name}.write`, message: "no route" })
      throw new Error("no route")
    },
  })
  const fine = collector("fine")
  const { bus } = setUp([failing("a"), failing("b"), fine])
  bus.publish(event(1))
  await bus.flush()
  expect(published.length).toBeLessThanOrEqual(12)
  // Who works hears of all of it.
  expect(fine.batches.flat().filter(({ type }) => type === "plugin-failed")).toHaveLength(published.length)
})
