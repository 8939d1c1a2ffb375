import { describe, expect, test } from "bun:test"
import { createMetrics } from "../../src/telemetry/metrics.ts"
import { observeProcess } from "../../src/telemetry/process-metrics.ts"

describe("the Prometheus text format", () => {
  test("a counter with labels", () => {
    const metrics = createMetrics()
    const requests = metrics.counter({ name: "requests_total", help: "Requests.", labels: ["model", "status"] })
    const ok = requests.with("a/b", "200")
    ok.add(1)
    ok.add(2)
    requests.with("a/b", "500").add(1)
    expect(requests.with("a/b", "200")).toBe(ok)
    expect(metrics.expose()).toBe(`# HELP requests_total Requests.
# TYPE requests_total counter
requests_total{model="a/b",status="200"} 3
requests_total{model="a/b",status="500"} 1
`)
  })

  test("without labels there is a zero from the start", () => {
    const metrics = createMetrics()
    metrics.gauge({ name: "depth", help: "Depth." })
    expect(metrics.expose()).toContain("\ndepth 0\n")
  })

  test("label values and help are escaped", () => {
    const metrics = createMetrics()
    metrics
      .gauge({ name: "g", help: "a\\b\nc", labels: ["l"] })
      .with('q"\\\n')
      .set(-1.5)
    expect(metrics.expose()).toBe('# HELP g a\\\\b\\nc\n# TYPE g gauge\ng{l="q\\"\\\\\\n"} -1.5\n')
  })

  test("special numbers", () => {
    const metrics = createMetrics()
    const gauge = metrics.gauge({ name: "g", help: "", labels: ["l"] })
    gauge.with("a").set(Number.POSITIVE_INFINITY)
    gauge.with("b").set(Number.NEGATIVE_INFINITY)
    gauge.with("c").set(Number.NaN)
    expect(metrics.expose()).toContain('g{l="a"} +Inf\ng{l="b"} -Inf\ng{l="c"} NaN\n')
  })

  test("a histogram counts what is at most its bound", () => {
    const metrics = createMetrics()
    const latency = metrics.histogram({ name: "latency", help: "Latency.", labels: ["p"], bounds: [0.5, 1] }).with("x")
    for (const value of [0.25, 0.5, 0.75, 4]) latency.observe(value)
    expect(metrics.expose()).toBe(`# HELP latency Latency.
# TYPE latency histogram
latency_bucket{p="x",le="0.5"} 2
latency_bucket{p="x",le="1"} 3
latency_bucket{p="x",le="+Inf"} 4
latency_sum{p="x"} 5.5
latency_count{p="x"} 4
`)
  })

  test("a removed series is gone", () => {
    const metrics = createMetrics()
    const gauge = metrics.gauge({ name: "g", help: "", labels: ["l"] })
    gauge.with("a").set(1)
    gauge.remove("a")
    expect(metrics.expose()).not.toContain('l="a"')
  })

  test("names that clients make up share one series beyond the limit", () => {
    const metrics = createMetrics()
    const counter = metrics.counter({ name: "c_total", help: "", labels: ["model"] })
    for (let number = 0; number < 5000; number++) counter.with(`m${number}`).add(1)
    const lines = metrics
      .expose()
      .split("\n")
      .filter((line) => line.startsWith("c_total{"))
    expect(lines.length).toBeLessThanOrEqual(2001)
    expect(lines).toContain('c_total{model="other"} 3000')
  })

  test.each([
    ["a counter without _total", () => createMetrics().counter({ name: "a", help: "" })],
    ["a bad name", () => createMetrics().gauge({ name: "a-b", help: "" })],
    [
      "too few labels",
      () =>
        createMetrics()
          .gauge({ name: "a", help: "", labels: ["x", "y"] })
          .with("1"),
    ],
    [
      "a name twice",
      () => {
        const metrics = createMetrics()
        metrics.gauge({ name: "a", help: "" })
        metrics.counter({ name: "a", help: "" })
      },
    ],
  ])("refuses %s", (_, make) => {
    expect(make).toThrow(RangeError)
  })
})

test("the process tells memory, CPU and its version", () => {
  const metrics = createMetrics()
  const end = observeProcess(metrics, "1.2.3", 1_700_000_000_000)
  const text = metrics.expose()
  end()
  expect(text).toContain('signalbox_build_info{version="1.2.3"} 1\n')
  expect(text).toContain("process_start_time_seconds 1700000000\n")
  const value = (name: string) => Number(new RegExp(`^${name} (.+)$`, "m").exec(text)?.[1])
  for (const name of ["process_resident_memory_bytes", "signalbox_heap_used_bytes", "process_cpu_seconds_total"])
    expect(value(name)).toBeGreaterThan(0)
  expect(value("signalbox_event_loop_lag_seconds")).toBeGreaterThanOrEqual(0)
})
