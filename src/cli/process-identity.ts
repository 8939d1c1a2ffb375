import { readFileSync, readlinkSync } from "node:fs"
import { hostname } from "node:os"

/** What tells a process from a later one with the same number. */
export interface ProcessIdentity {
  readonly pid: number
  /** When it started, in the system's own words; only ever compared. Empty where it cannot be told. */
  readonly started: string
  /** Where process numbers mean the same: machine, boot and container. */
  readonly scope: string
}

const readText = (path: string): string => {
  try {
    return readFileSync(path, "utf8").trim()
  } catch {
    return ""
  }
}

/** Field 22 of /proc/PID/stat (proc(5)): clock ticks since boot. The second field may hold spaces and brackets. */
const startedOnLinux = (pid: number): string => {
  const stat = readText(`/proc/${pid}/stat`)
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? ""
}

const startedElsewhere = (pid: number): string => {
  try {
    return Bun.spawnSync(["ps", "-o", "lstart=", "-p", String(pid)])
      .stdout.toString()
      .trim()
  } catch {
    // There is no such program.
    return ""
  }
}

const startOf = (pid: number): string => (process.platform === "linux" ? startedOnLinux(pid) : startedElsewhere(pid))

const ownScope = (): string => {
  if (process.platform !== "linux") return hostname()
  try {
    return `${readText("/proc/sys/kernel/random/boot_id")} ${readlinkSync("/proc/self/ns/pid")}`
  } catch {
    return hostname()
  }
}

export const identify = (pid: number): ProcessIdentity => ({ pid, started: startOf(pid), scope: ownScope() })

/** Whether the process still runs; `unknown` when it is of another machine, boot or container. */
export const isRunning = (identity: ProcessIdentity): boolean | "unknown" => {
  if (identity.scope !== ownScope()) return "unknown"
  try {
    process.kill(identity.pid, 0)
  } catch (thrown) {
    if ((thrown as { code?: unknown }).code === "ESRCH") return false
  }
  return startOf(identity.pid) === identity.started
}
