import type { Logger } from "../contract/plugin.ts"
import { encodeFields, type LogFields, type LogLevel, type LogRecord, logLevels } from "./log-record.ts"
import { prettyLine } from "./pretty.ts"
import type { Redactor } from "./redact.ts"

export interface RootLogger extends Logger {
  /** A logger that adds these fields to every line; shares level, buffer and redaction. */
  child(fields: LogFields): RootLogger
  /** True when lines of this level are written: for callers whose fields are dear to make. */
  enabled(level: LogLevel): boolean
  setLevel(level: LogLevel): void
  setFormat(format: "json" | "pretty"): void
  /** Registers values that must never be written. */
  hide(...secrets: readonly string[]): void
  /** Writes what is buffered. To be called before the process ends. */
  flush(): void
}

export interface LoggerOptions {
  readonly level: LogLevel
  readonly format: "json" | "pretty"
  readonly redactor: Redactor
  now(): number
  /** Gets whole lines, many at a time. A throw loses them and is counted. */
  write(text: string): void
  /** Runs a task soon, for the buffer. Default: a timer of 20 ms that keeps no process alive. */
  readonly schedule?: (task: () => void) => void
  readonly color?: boolean
}

const soon = (task: () => void) => {
  setTimeout(task, 20).unref()
}

/** Lines are written when this many characters wait. */
const bufferLimit = 32_768

const jsonLine = ({ timeMs, level, message, fields }: LogRecord): string => {
  const head = `{"time":"${new Date(timeMs).toISOString()}","level":"${level}","message":${JSON.stringify(message)}`
  const tail = encodeFields(fields)
  return tail === "{}" ? `${head}}\n` : `${head},${tail.slice(1)}\n`
}

/**
 * One line an event. A call only appends to a buffer; `write` gets it in batches, warnings and errors within the same turn of
 * the event loop. Redaction runs over the finished line, so that no field, however deep, escapes it.
 */
export const createLogger = (options: LoggerOptions): RootLogger => {
  const { redactor, schedule = soon, color = false } = options
  let threshold = logLevels.indexOf(options.level)
  let format = options.format
  let buffer = ""
  let scheduled = false
  let urgent = false
  let lost = 0

  const flush = () => {
    scheduled = false
    urgent = false
    if (buffer === "") return
    const text = buffer
    buffer = ""
    try {
      options.write(text)
    } catch {
      // There is no other place to say it: the count goes out with the next line that can be written.
      lost++
    }
  }

  const append = (record: LogRecord) => {
    const line = format === "json" ? jsonLine(record) : prettyLine(record, color)
    buffer += redactor.text(line)
    if (buffer.length > bufferLimit) flush()
    else if (record.level === "warn" || record.level === "error") {
      if (!urgent) queueMicrotask(flush)
      urgent = true
    } else if (!scheduled) {
      scheduled = true
      schedule(flush)
    }
  }

  const log = (level: LogLevel, own: LogFields, message: string, fields: LogFields | undefined) => {
    if (logLevels.indexOf(level) < threshold) return
    const all = lost > 0 ? { ...own, ...fields, lost_batches: lost } : fields ? { ...own, ...fields } : own
    lost = 0
    append({ timeMs: options.now(), level, message, fields: all })
  }

  const make = (own: LogFields): RootLogger => ({
    debug: (message, fields) => log("debug", own, message, fields),
    info: (message, fields) => log("info", own, message, fields),
    warn: (message, fields) => log("warn", own, message, fields),
    error: (message, fields) => log("error", own, message, fields),
    child: (fields) => make({ ...own, ...fields }),
    enabled: (level) => logLevels.indexOf(level) >= threshold,
    setLevel(level) {
      threshold = logLevels.indexOf(level)
    },
    setFormat(next) {
      format = next
    },
    hide: (...secrets) => redactor.add(...secrets),
    flush,
  })
  return make({})
}
