import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { CliIo } from "../../src/cli/io.ts"
import { runCli } from "../../src/cli/run.ts"

export interface CliRun {
  readonly code: number
  readonly out: string
  readonly error: string
}

export interface CliHarness {
  /** An empty folder of its own. */
  readonly cwd: string
  readonly io: CliIo
  run(...words: string[]): Promise<CliRun>
  /** What was written since the last `run`. */
  read(): { readonly out: string; readonly error: string }
  remove(): void
}

/** The command line in this process, with its streams caught and a folder of its own. */
export const cliHarness = (env: Readonly<Record<string, string>> = {}, parts: Partial<CliIo> = {}): CliHarness => {
  const cwd = mkdtempSync(join(tmpdir(), "signalbox-cli-"))
  let out = ""
  let error = ""
  const io: CliIo = {
    out: (text) => {
      out += text
    },
    error: (text) => {
      error += text
    },
    env,
    cwd,
    terminal: false,
    fetch,
    now: () => Date.parse("2026-01-01T00:00:00Z"),
    ...parts,
  }
  return {
    cwd,
    io,
    async run(...words) {
      out = ""
      error = ""
      const code = await runCli(words, io)
      return { code, out, error }
    },
    read: () => ({ out, error }),
    remove: () => rmSync(cwd, { recursive: true, force: true }),
  }
}
