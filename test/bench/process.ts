import { readdirSync, readFileSync } from "node:fs"

export interface Started {
  readonly url: string
  readonly pid: number
  readonly startedInMs: number
  stop(): Promise<void>
}

/** Starts a process and waits for the line that says where it listens. */
export async function start(command: readonly string[], cwd: string, ready: RegExp): Promise<Started> {
  const began = performance.now()
  const child = Bun.spawn([...command], {
    cwd,
    stdout: "pipe",
    stderr: "inherit",
    env: { ...process.env, BUN_CONFIG_MAX_HTTP_REQUESTS: "16384" },
  })
  let text = ""
  const reader = child.stdout.getReader()
  const decoder = new TextDecoder()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) throw new Error(`${command.join(" ")} ended before it was ready:\n${text}`)
    text += decoder.decode(value, { stream: true })
    const url = ready.exec(text)?.[1]
    if (!url) continue
    // Keeps the pipe empty, so that the process never waits for its reader.
    void (async () => {
      while (!(await reader.read()).done);
    })()
    return {
      url,
      pid: child.pid,
      startedInMs: performance.now() - began,
      async stop() {
        child.kill("SIGTERM")
        await child.exited
      },
    }
  }
}

/** Ticks of /proc/PID/stat are hundredths of a second on every Linux that matters (sysconf(_SC_CLK_TCK)). */
const microsecondsPerTick = 10_000

/** CPU time of a process with its threads and children, user and system, microseconds. */
export function cpuMicroseconds(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8")
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ")
  const own = Number(fields[11]) + Number(fields[12])
  const children = childrenOf(pid).reduce((sum, child) => sum + cpuMicroseconds(child), 0)
  return own * microsecondsPerTick + children
}

function childrenOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((task) => {
    try {
      return readFileSync(`/proc/${pid}/task/${task}/children`, "utf8").trim().split(" ").filter(Boolean).map(Number)
    } catch {
      return []
    }
  })
}

/** Resident memory, megabytes. */
export function residentMegabytes(pid: number): number {
  const match = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))
  return Number(match?.[1] ?? 0) / 1024
}
