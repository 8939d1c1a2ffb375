import { fstatSync } from "node:fs"
import { messageOf } from "../contract/errors.ts"
import { descriptorWriter, patientWriter } from "../telemetry/output.ts"
import { redactText } from "../telemetry/redact.ts"
import { type CliIo, exitCode } from "./io.ts"
import { runCli } from "./run.ts"

/**
 * True when people look at the descriptor. Terminals are devices; whatever is none needs no further question, which would load the
 * runtime's whole stream library: a sixth of the time until the first answer.
 */
const isTerminal = (descriptor: number): boolean => {
  try {
    if (!fstatSync(descriptor).isCharacterDevice()) return false
  } catch {
    // Closed from outside.
    return false
  }
  const { isatty }: typeof import("node:tty") = require("node:tty")
  return isatty(descriptor)
}

const realIo = (): CliIo => ({
  out: patientWriter(1),
  error: descriptorWriter(2),
  env: process.env,
  cwd: process.cwd(),
  terminal: isTerminal(2),
  fetch,
  now: Date.now,
})

/** A reader that went away (`signalbox models | head`) is no failure. */
const isClosedPipe = (thrown: unknown): boolean => (thrown as { code?: unknown } | null)?.code === "EPIPE"

/** Runs the command line of this process and ends it. */
export const main = async (words: readonly string[]): Promise<never> => {
  const io = realIo()
  let code: number = exitCode.failed
  try {
    code = await runCli(words, io)
  } catch (thrown) {
    if (isClosedPipe(thrown)) process.exit(exitCode.fine)
    const text =
      io.env.SIGNALBOX_DEBUG && thrown instanceof Error ? (thrown.stack ?? thrown.message) : messageOf(thrown)
    io.error(`signalbox: ${redactText(text)}\n`)
  }
  process.exit(code)
}
