import { readdirSync, readFileSync } from "node:fs"
import type { Metrics } from "./metrics.ts"

const lagEveryMs = 250

/** The soft limit of open files; undefined where the system does not tell. */
const openFileLimit = (): number | undefined => {
  try {
    const line = /^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8"))
    return line ? Number(line[1]) : undefined
  } catch {
    return undefined
  }
}

const countOpenFiles = (): number | undefined => {
  try {
    return readdirSync("/proc/self/fd").length
  } catch {
    return undefined
  }
}

/**
 * Memory, CPU, open files and the lag of the event loop, under the names that Prometheus' own client libraries use. Gives a
 * function that ends the lag timer. Memory and files are read at exposition only.
 */
export const observeProcess = (metrics: Metrics, version: string, startedAtMs: number): (() => void) => {
  const gauge = (name: string, help: string) => metrics.gauge({ name, help }).with()
  const cpu = metrics
    .counter({ name: "process_cpu_seconds_total", help: "User and system CPU time in seconds." })
    .with()
  const resident = gauge("process_resident_memory_bytes", "Resident memory in bytes.")
  const heap = gauge("signalbox_heap_used_bytes", "Bytes in use on the JavaScript heap.")
  const lag = gauge("signalbox_event_loop_lag_seconds", "Longest standstill of the event loop since the last scrape.")
  const descriptors = countOpenFiles() === undefined ? undefined : gauge("process_open_fds", "Open file descriptors.")
  const limit = openFileLimit()
  if (limit !== undefined) gauge("process_max_fds", "Largest number of open file descriptors.").set(limit)
  gauge("process_start_time_seconds", "Start of the process, Unix seconds.").set(startedAtMs / 1000)
  metrics
    .gauge({ name: "signalbox_build_info", help: "Always 1.", labels: ["version"] })
    .with(version)
    .set(1)

  let longestMs = 0
  let last = performance.now()
  const timer = setInterval(() => {
    const now = performance.now()
    longestMs = Math.max(longestMs, now - last - lagEveryMs)
    last = now
  }, lagEveryMs)
  timer.unref()

  metrics.onCollect(() => {
    const { user, system } = process.cpuUsage()
    cpu.value = (user + system) / 1e6
    const memory = process.memoryUsage()
    resident.set(memory.rss)
    heap.set(memory.heapUsed)
    descriptors?.set(countOpenFiles() ?? Number.NaN)
    lag.set(longestMs / 1000)
    longestMs = 0
  })
  return () => clearInterval(timer)
}
