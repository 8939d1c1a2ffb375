/** The host's clock and timers, passed in so that tests decide what time it is. */
export interface Timers {
  set(task: () => void, milliseconds: number): unknown
  clear(handle: unknown): void
}

export interface HostClock {
  now(): number
  /** Milliseconds with fractions, for durations; `now` when absent. */
  elapsed?(): number
}

export const runtimeTimers: Timers = {
  set: (task, milliseconds) => setTimeout(task, milliseconds),
  clear: (handle) => clearTimeout(handle as ReturnType<typeof setTimeout> | undefined),
}

export class HookTimeout extends Error {
  override readonly name = "HookTimeout"
}

/**
 * Resolves like the task, or rejects with a HookTimeout after so long; 0 = waits for ever. `failure` is what is said of it: `did not load`.
 * The timer never outlives the race.
 */
export async function withDeadline<T>(
  timers: Timers,
  milliseconds: number,
  failure: string,
  task: Promise<T>,
): Promise<T> {
  if (milliseconds <= 0) return task
  let timer: unknown
  const late = new Promise<never>((_, reject) => {
    timer = timers.set(() => reject(new HookTimeout(`${failure} within ${milliseconds / 1000} s`)), milliseconds)
  })
  try {
    return await Promise.race([task, late])
  } finally {
    timers.clear(timer)
  }
}
