import { type Logger, messageOf } from "../contract/index.ts"

export interface GuardHandlerParts {
  /** Counts a fault for the plugin whose code is in the stack; gives its name, or undefined when it is nobody's. */
  readonly blame: (thrown: unknown, hook: string) => string | undefined
  readonly log: Logger
}

/**
 * Keeps the process alive when something is thrown outside every call: a plugin's timer, a promise nobody waits for. Gives a
 * function that takes the handlers away again.
 */
export function installGuardHandlers({ blame, log }: GuardHandlerParts): () => void {
  const handler = (hook: string) => (thrown: unknown) => {
    // A plugin's fault was logged where it was counted.
    if (blame(thrown, hook) !== undefined) return
    log.error("something threw outside of any request", {
      hook,
      error: messageOf(thrown),
      ...(thrown instanceof Error ? { stack: thrown.stack } : {}),
    })
  }
  const onException = handler("uncaught exception")
  const onRejection = handler("unhandled rejection")
  process.on("uncaughtException", onException)
  process.on("unhandledRejection", onRejection)
  return () => {
    process.off("uncaughtException", onException)
    process.off("unhandledRejection", onRejection)
  }
}
