import { expect, test } from "bun:test"
import { Breaker, type Cooldown, lastingCooldown } from "../../../src/catalog/health/breaker.ts"

const cooldown: Cooldown = { failures: 1, firstMs: 1000, longestMs: 10_000 }

test("one failure opens it, its time makes it half-open, the first part of an answer closes it", () => {
  const breaker = new Breaker()
  expect(breaker.state(0)).toBe("closed")
  breaker.failed(0, { startedAt: 0 }, cooldown)
  expect(breaker.state(0)).toBe("open")
  expect(breaker.state(999)).toBe("open")
  expect(breaker.state(1000)).toBe("half-open")
  breaker.answered(1100, 1100)
  expect(breaker.state(1100)).toBe("closed")
})

test("half-open, one tries and is in nobody's way once it has left", () => {
  const breaker = new Breaker()
  const [one, two] = [{}, {}]
  breaker.failed(0, { startedAt: 0 }, cooldown)
  breaker.enter(1000, one)
  expect(breaker.state(1000)).toBe("open")
  // It came while the first was trying: it is no probe, and its leaving frees nothing.
  breaker.enter(1001, two)
  breaker.leave(two)
  expect(breaker.state(1002)).toBe("open")
  breaker.leave(one)
  expect(breaker.state(1002)).toBe("half-open")
})

test("a failed probe doubles the time, up to the longest", () => {
  const breaker = new Breaker()
  let now = 0
  const lengths = Array.from({ length: 6 }, () => {
    breaker.failed(now, { startedAt: now }, cooldown)
    const length = breaker.openUntil - now
    now = breaker.openUntil
    return length
  })
  expect(lengths).toEqual([1000, 2000, 4000, 8000, 10_000, 10_000])
})

test("requests that were under way together are one outage, however late each of them fails", () => {
  const breaker = new Breaker()
  for (let request = 0; request < 50; request++) breaker.failed(10 + request, { startedAt: 0 }, cooldown)
  expect(breaker.openUntil).toBe(1010)
  // A deadline that ends long after the time is over: it began before, and says nothing of now.
  breaker.failed(5000, { startedAt: 5 }, cooldown)
  expect(breaker.state(5000)).toBe("half-open")
  // Closed by another, it stays closed.
  breaker.answered(5100, 5100)
  breaker.failed(6000, { startedAt: 5 }, cooldown)
  expect(breaker.state(6000)).toBe("closed")
  // What began afterwards counts.
  breaker.failed(6001, { startedAt: 5200 }, cooldown)
  expect(breaker.state(6001)).toBe("open")
})

test("beginning an answer closes it, only ending one makes the next time short again", () => {
  const breaker = new Breaker()
  breaker.failed(0, { startedAt: 0 }, cooldown)
  breaker.answered(1100, 1000)
  // The probe itself breaks off.
  breaker.failed(1500, { startedAt: 1000, answeredAt: 1100 }, cooldown)
  expect(breaker.openUntil).toBe(3500)
  breaker.answered(3600, 3500)
  breaker.completed(3700)
  breaker.failed(4000, { startedAt: 3700 }, cooldown)
  expect(breaker.openUntil).toBe(5000)
})

test("an answer that was under way closes it by beginning, unless answers break off: then only by ending", () => {
  const unreachable = new Breaker()
  unreachable.failed(100, { startedAt: 90 }, cooldown)
  unreachable.answered(110, 50)
  expect(unreachable.state(110)).toBe("closed")

  const breaking = new Breaker()
  breaking.failed(100, { startedAt: 0, answeredAt: 50 }, cooldown)
  breaking.answered(110, 60)
  expect(breaking.state(110)).toBe("open")
  breaking.completed(120)
  expect(breaking.state(120)).toBe("closed")
})

test("what the upstream asks for holds at once, also while it is open, and a shorter wish shortens nothing", () => {
  const breaker = new Breaker()
  breaker.failed(0, { startedAt: 0 }, { ...cooldown, failures: 5 }, 1500)
  expect(breaker.openUntil).toBe(1500)
  breaker.failed(10, { startedAt: 5 }, cooldown, 60_000)
  expect(breaker.openUntil).toBe(60_010)
  breaker.failed(20, { startedAt: 5 }, cooldown, 1)
  expect(breaker.openUntil).toBe(60_010)
})

test("nobody can ask for more than an hour", () => {
  const breaker = new Breaker()
  breaker.failed(0, { startedAt: 0 }, cooldown, 86_400_000)
  expect(breaker.openUntil).toBe(3_600_000)
})

test("fewer failures in a row than configured open nothing, and an answer in between begins the row anew", () => {
  const three: Cooldown = { ...cooldown, failures: 3 }
  const breaker = new Breaker()
  breaker.failed(0, { startedAt: 0 }, three)
  breaker.failed(1, { startedAt: 1 }, three)
  breaker.answered(2, 2)
  breaker.completed(0)
  breaker.failed(3, { startedAt: 3 }, three)
  breaker.failed(4, { startedAt: 4 }, three)
  expect(breaker.state(5)).toBe("closed")
  breaker.failed(5, { startedAt: 5 }, three)
  expect(breaker.state(5)).toBe("open")
  // Once open, one failed probe is enough.
  breaker.failed(1005, { startedAt: 1005 }, three)
  expect(breaker.state(1006)).toBe("open")
})

test("what does not heal by itself rests for five minutes, doubling to an hour", () => {
  const breaker = new Breaker()
  let now = 0
  const minutes = Array.from({ length: 6 }, () => {
    breaker.failed(now, { startedAt: now }, lastingCooldown)
    const length = breaker.openUntil - now
    now = breaker.openUntil
    return length / 60_000
  })
  expect(minutes).toEqual([5, 10, 20, 40, 60, 60])
})
