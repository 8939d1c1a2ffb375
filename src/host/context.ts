import type { CallInfo, Logger, PluginContext, RowBounds, Rows, Storage } from "../contract/index.ts"
import type { Guard } from "./guard.ts"
import type { SharedValues } from "./shared.ts"

/** Vectors by a model of the gateway; see `PluginContext.embed`. */
export type Embed = (model: string, texts: readonly string[], call: CallInfo) => Promise<readonly Float32Array[]>

export interface ContextParts {
  readonly plugin: string
  readonly log: Logger
  readonly fetch: typeof fetch
  readonly secrets: Readonly<Record<string, string>>
  /** Told every secret that a plugin gets, so that log lines never show it. */
  readonly redact: (secret: string) => void
  readonly storage: Storage
  readonly rows: (bounds: RowBounds) => Rows
  readonly embed: Embed
  readonly shared: SharedValues
  readonly clock: { now(): number }
  readonly guard: Guard
}

export interface LiveContext {
  readonly context: PluginContext
  /** Aborts the signal, then runs what `onDispose` was given, last in first out. Later calls wait for the first. */
  dispose(): Promise<void>
}

export function createContext(parts: ContextParts): LiveContext {
  const { plugin, shared, guard } = parts
  const controller = new AbortController()
  const tasks: (() => void | Promise<void>)[] = []
  const held = new Map<string, unknown>()
  let disposing: Promise<void> | undefined

  const attempt = async (hook: string, task: () => void | Promise<void>): Promise<void> => {
    try {
      await guard.deadline(Promise.resolve(task()), hook)
    } catch (thrown) {
      guard.fault(hook, thrown)
    }
  }

  const run = async (): Promise<void> => {
    try {
      controller.abort(new DOMException(`This instance of the plugin "${plugin}" is gone.`, "AbortError"))
    } catch (thrown) {
      guard.fault("signal", thrown)
    }
    while (tasks.length > 0) await attempt("dispose", tasks.pop()!)
    for (const name of held.keys()) await attempt("dispose", () => shared.release(name))
    held.clear()
  }

  return {
    context: {
      log: taggedLogger(parts.log, plugin),
      fetch: parts.fetch,
      storage: parts.storage,
      rows: parts.rows,
      embed: parts.embed,
      signal: controller.signal,
      clock: parts.clock,
      secret: (name) => secretOf(parts, name),
      shared<T>(key: string, create: () => T): T {
        const name = `${plugin}/${key}`
        if (held.has(name)) return held.get(name) as T
        const value = shared.hold(name, create)
        held.set(name, value)
        return value
      },
      onDispose(task) {
        // Registered too late, after the instance went: run at once, so that nothing is left open.
        if (disposing) void attempt("dispose", task)
        else tasks.push(task)
      },
    },
    dispose() {
      disposing ??= run()
      return disposing
    },
  }
}

function secretOf({ plugin, secrets, redact }: ContextParts, name: string): string {
  const value = Object.hasOwn(secrets, name) ? secrets[name] : undefined
  if (!value) {
    throw new Error(
      `the secret "${name}" is not set: give it under plugins.use, name: ${plugin}, secrets: { ${name}: … }`,
    )
  }
  redact(value)
  return value
}

function taggedLogger(log: Logger, plugin: string): Logger {
  return {
    debug: (message, fields) => log.debug(message, { ...fields, plugin }),
    info: (message, fields) => log.info(message, { ...fields, plugin }),
    warn: (message, fields) => log.warn(message, { ...fields, plugin }),
    error: (message, fields) => log.error(message, { ...fields, plugin }),
  }
}
