import { type Config, secretsOf } from "../config/config.ts"
import { createLogger, type RootLogger } from "../telemetry/logger.ts"
import { createRedactor } from "../telemetry/redact.ts"
import type { CliIo } from "./io.ts"

export interface FollowingLogger extends RootLogger {
  /** Takes over level, format and secrets of a new configuration. */
  follow(config: Config): void
}

/** The logger that a configuration asks for. Lines go to standard error, so that standard output is for the command's answer. */
export const logFor = (config: Config, io: CliIo): FollowingLogger => {
  const log = createLogger({
    level: config.log.level,
    format: "json",
    redactor: createRedactor(),
    now: io.now,
    write: io.error,
    color: io.terminal && io.env.NO_COLOR === undefined,
  })
  const follow = (next: Config) => {
    log.hide(...secretsOf(next))
    log.setLevel(next.log.level)
    log.setFormat(next.log.format ?? (io.terminal ? "pretty" : "json"))
  }
  follow(config)
  return Object.assign(log, { follow })
}
