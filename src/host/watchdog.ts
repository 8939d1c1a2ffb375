import type { WatchdogOrder } from "./watchdog-worker.ts"

const beatMs = 100

/**
 * Ends this process with SIGKILL when its event loop stands still for so long, so that the service manager starts it anew: the only
 * cure for a plugin that loops forever. 0 = off. Gives a function that stops it.
 *
 * The Worker's file must be an entry point of the executable; `workerUrl` is where it is found.
 */
export function startWatchdog(
  seconds: number,
  workerUrl: string | URL = new URL("./watchdog-worker.ts", import.meta.url),
): () => void {
  if (seconds <= 0) return () => {}
  const heartbeat = new SharedArrayBuffer(4)
  const beats = new Int32Array(heartbeat)
  const timer = setInterval(() => Atomics.add(beats, 0, 1), beatMs)
  timer.unref()
  const worker = new Worker(workerUrl, { smol: true, ref: false })
  worker.postMessage({ heartbeat, seconds, pid: process.pid } satisfies WatchdogOrder)
  return () => {
    clearInterval(timer)
    worker.terminate()
  }
}
