import { describe, expect, test } from "bun:test"
import { createLogger, type LoggerOptions } from "../../src/telemetry/logger.ts"
import { createRedactor } from "../../src/telemetry/redact.ts"

const make = (parts: Partial<LoggerOptions> = {}) => {
  const written: string[] = []
  const tasks: (() => void)[] = []
  const log = createLogger({
    level: "info",
    format: "json",
    redactor: createRedactor(),
    now: () => Date.UTC(2026, 0, 2, 3, 4, 5, 6),
    write: (text) => void written.push(text),
    schedule: (task) => void tasks.push(task),
    ...parts,
  })
  return { log, written, tasks, lines: () => written.join("").trimEnd().split("\n") }
}

describe("log lines", () => {
  test("are one JSON object each", () => {
    const { log, lines } = make()
    log.info("hello\nworld", { request_id: "r", nested: { a: [1, null] } })
    log.flush()
    expect(lines().map((line) => JSON.parse(line))).toEqual([
      {
        time: "2026-01-02T03:04:05.006Z",
        level: "info",
        message: "hello\nworld",
        request_id: "r",
        nested: { a: [1, null] },
      },
    ])
  })

  test("below the level are not written, until the level changes", () => {
    const { log, written } = make()
    log.debug("one")
    expect(log.enabled("debug")).toBe(false)
    log.setLevel("debug")
    log.debug("two")
    log.flush()
    expect(written.join("")).not.toContain("one")
    expect(written.join("")).toContain("two")
  })

  test("of a child carry its fields; the call's own fields win", () => {
    const { log, lines } = make()
    log.child({ plugin: "p", a: 1 }).child({ hook: "h" }).info("m", { a: 2 })
    log.flush()
    expect(JSON.parse(lines()[0]!)).toMatchObject({ plugin: "p", hook: "h", a: 2 })
  })

  test("wait in a buffer and go out together", () => {
    const { log, written, tasks } = make()
    log.info("one")
    log.info("two")
    expect(written).toEqual([])
    expect(tasks.length).toBe(1)
    tasks[0]!()
    expect(written.length).toBe(1)
    expect(written[0]!.split("\n").length).toBe(3)
  })

  test("of warnings and errors go out within the turn, with what waited before them", async () => {
    const { log, written } = make()
    log.info("one")
    log.warn("two")
    expect(written).toEqual([])
    await Promise.resolve()
    expect(written.length).toBe(1)
    expect(written[0]).toContain("one")
  })

  test("go out when the buffer is large, without any turn of the loop", () => {
    const { log, written } = make()
    for (let number = 0; number < 100; number++) log.info("x".repeat(500))
    expect(written.length).toBeGreaterThan(0)
  })

  test("show errors with cause and stack, big integers, sets, and values that refer to themselves", () => {
    const { log, lines } = make()
    const error = new Error("outer", { cause: new TypeError("inner") })
    log.error("m", { error, big: 12n, set: new Set([1]) })
    const circle: { self?: unknown } = {}
    circle.self = circle
    log.info("m", { circle })
    log.flush()
    const [first, second] = lines().map((line) => JSON.parse(line))
    expect(first).toMatchObject({
      error: { message: "outer", cause: { name: "TypeError", message: "inner" } },
      big: "12",
      set: [1],
    })
    expect(first.error.stack).toContain("logger.test.ts")
    expect(second.unwritable).toContain("cyclic")
  })

  test("that could not be written are counted by the next one", () => {
    let fail = true
    const written: string[] = []
    const { log } = make({
      write(text) {
        if (fail) throw new Error("disk full")
        written.push(text)
      },
    })
    log.info("lost")
    log.flush()
    fail = false
    log.info("kept")
    log.flush()
    expect(JSON.parse(written[0]!)).toMatchObject({ message: "kept", lost_batches: 1 })
  })
})

describe("a canary secret", () => {
  const canary = 'canary/7f3a"9c'
  const places: readonly (readonly [string, (log: ReturnType<typeof make>["log"]) => void])[] = [
    ["the message", (log) => log.info(`key ${canary}`)],
    ["a field", (log) => log.info("m", { value: canary })],
    ["a field's name", (log) => log.info("m", { [canary]: 1 })],
    ["deep fields", (log) => log.info("m", { a: [{ b: { c: `x ${canary} y` } }] })],
    [
      "an error's message, stack and cause",
      (log) => log.error("m", { error: new Error(canary, { cause: new Error(canary) }) }),
    ],
    ["a child's fields", (log) => log.child({ value: canary }).warn("m")],
    ["JSON text inside a field", (log) => log.info("m", { body: JSON.stringify({ value: canary }) })],
  ]
  for (const format of ["json", "pretty"] as const)
    test.each(places.map((place) => [...place]))(`is never written in ${format}: %s`, (_, say) => {
      const { log, written } = make({ format })
      log.hide(canary)
      say(log)
      log.flush()
      expect(written.join("")).toContain("[redacted]")
      expect(written.join("")).not.toContain("7f3a")
    })
})

describe("pretty lines", () => {
  test("are for people", () => {
    const { log, written } = make({ format: "pretty" })
    log.warn("upstream failed", { provider: "openai", reason: "two words", status: 503, list: [1] })
    log.flush()
    expect(written.join("")).toBe(
      '03:04:05.006 warn  upstream failed provider=openai reason="two words" status=503 list=[1]\n',
    )
  })

  test("let nobody drive the terminal", () => {
    const { log, written } = make({ format: "pretty" })
    log.info("a\u001B[2Jb\nc", { words: "\u001B]0;x\u0007" })
    log.flush()
    expect(written.join("")).toBe("03:04:05.006 info  a[2Jb c words=]0;x\n")
  })

  test("have colours on request", () => {
    const { log, written } = make({ format: "pretty", color: true })
    log.error("m\u001B[2J", { error: new Error("no\u001B[2J") })
    log.flush()
    expect(written.join("")).toContain("\u001B[31merror\u001B[0m")
    expect(written.join("")).not.toContain("\u001B[2J")
  })
})
