/** What the watchdog's Worker is told. */
export interface WatchdogOrder {
  readonly heartbeat: SharedArrayBuffer
  readonly seconds: number
  readonly pid: number
}

declare const self: Worker

/** Looks per standstill. Counted in looks, not by the clock: a process that was suspended must not be killed when it wakes up. */
const looks = 10

self.onmessage = ({ data }: MessageEvent<WatchdogOrder>) => {
  const beats = new Int32Array(data.heartbeat)
  let last = -1
  let still = 0
  setInterval(
    () => {
      const now = Atomics.load(beats, 0)
      still = now === last ? still + 1 : 0
      last = now
      if (still < looks) return
      const message = `the event loop stood still for ${data.seconds} s; ending the process so that it can be started anew`
      // The main thread is stuck, its logger with it. Written at once, and without a module that this thread would hold all the time.
      console.error(JSON.stringify({ level: "error", time: new Date().toISOString(), message }))
      process.kill(data.pid, "SIGKILL")
    },
    (data.seconds * 1000) / looks,
  )
}
