import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join, resolve as resolvePath } from "node:path"

const root = resolvePath(import.meta.dir, "../..")
const executable = join(root, "dist/signalbox")

const newest = (path: string): number => {
  const found = statSync(path, { throwIfNoEntry: false })
  if (!found) return 0
  if (!found.isDirectory()) return found.mtimeMs
  const inside = readdirSync(path).filter((name) => name !== "node_modules")
  return Math.max(found.mtimeMs, ...inside.map((name) => newest(join(path, name))))
}

const sources = ["src", "plugins", "package.json", "bun.lock"]

let built: Promise<string> | undefined

const build = async (): Promise<string> => {
  const madeAt = statSync(executable, { throwIfNoEntry: false })?.mtimeMs ?? 0
  if (madeAt > Math.max(...sources.map((name) => newest(join(root, name))))) return executable
  const child = Bun.spawn([process.execPath, join(root, "src/build/build.ts")], { stdout: "pipe", stderr: "pipe" })
  const error = await new Response(child.stderr).text()
  if ((await child.exited) !== 0) throw new Error(`the build failed:\n${error}`)
  return executable
}

/** The path of `dist/signalbox`, built once per test run and only when a source is newer. */
export const builtExecutable = (): Promise<string> => {
  built ??= build()
  return built
}

export interface ExecutableOptions {
  /** Text of `signalbox.yaml`; absent = there is none. Port 0 is chosen by the command line. */
  readonly yaml?: string
  /** Nothing of this process's environment is passed on. */
  readonly env?: Readonly<Record<string, string>>
  /** Other files, by path relative to the folder. */
  readonly files?: Readonly<Record<string, string>>
  /** After `serve --port 0`. */
  readonly words?: readonly string[]
  /** Another executable than the one that is built here. */
  readonly path?: string
  /** A folder of an earlier run, whose data is to be found again; it is not removed by `stop`. */
  readonly cwd?: string
}

export interface RunningExecutable {
  readonly url: string
  /** Made at this start; empty when there were keys already. */
  readonly adminKey: string
  readonly inferenceKey: string
  readonly pid: number
  readonly cwd: string
  /** Everything written so far. */
  stdout(): string
  stderr(): string
  /** SIGTERM, then the exit code; removes the folder. */
  stop(): Promise<number>
  /** Any signal, SIGKILL unless said; gives the exit code (137 after SIGKILL) and leaves the folder. */
  kill(signal?: NodeJS.Signals): Promise<number>
  /** Resolves once the log or the answer holds this text. */
  until(text: string | RegExp): Promise<void>
  readonly exited: Promise<number>
}

/**
 * Ends a process when this one does, however it ends: a failed test must not leave a gateway behind. The pipe closes with us, and
 * then the little shell acts. (`bun test` runs no exit handlers.)
 */
const endWithUs = (child: Bun.Subprocess) => {
  const guard = Bun.spawn(["sh", "-c", `cat >/dev/null; kill -9 ${child.pid}`], {
    stdin: "pipe",
    stdout: "ignore",
    stderr: "ignore",
  })
  guard.unref()
  void child.exited.then(() => guard.kill("SIGKILL"))
}

const ready = "\ncurl -N "

/** What a process writes, and a way to wait for a part of it that neither polls nor sleeps. */
const collect = (streams: readonly ReadableStream<Uint8Array>[]) => {
  const texts = streams.map(() => "")
  let ended = 0
  let wake = () => {}
  const follow = async (stream: ReadableStream<Uint8Array>, index: number) => {
    const decoder = new TextDecoder()
    for await (const bytes of stream) {
      texts[index] += decoder.decode(bytes, { stream: true })
      wake()
    }
    ended++
    wake()
  }
  const all = Promise.all(streams.map(follow))
  const until = async (holds: (texts: readonly string[]) => boolean, what: string) => {
    while (!holds(texts)) {
      if (ended === streams.length) throw new Error(`the process ended before ${what}:\n${texts.join("\n")}`)
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  }
  return { texts, until, all }
}

/** Runs a command of the executable to its end, in a folder. */
export const runExecutable = async (
  words: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
) => {
  const child = Bun.spawn([await builtExecutable(), ...words], { cwd, env, stdout: "pipe", stderr: "pipe" })
  const [code, out, error] = await Promise.all([
    child.exited,
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ])
  return { code, out, error }
}

/** Starts `signalbox serve` in an empty folder and resolves when it listens. The caller ends it with `stop` or `kill`. */
export const startExecutable = async (options: ExecutableOptions = {}): Promise<RunningExecutable> => {
  const path = options.path ?? (await builtExecutable())
  const cwd = options.cwd ?? mkdtempSync(join(tmpdir(), "signalbox-run-"))
  if (options.yaml !== undefined) writeFileSync(join(cwd, "signalbox.yaml"), options.yaml)
  for (const [name, text] of Object.entries(options.files ?? {})) {
    mkdirSync(dirname(join(cwd, name)), { recursive: true })
    writeFileSync(join(cwd, name), text)
  }
  const child = Bun.spawn([path, "serve", "--port", "0", ...(options.words ?? [])], {
    cwd,
    env: { ...options.env },
    stdout: "pipe",
    stderr: "pipe",
  })
  endWithUs(child)
  const output = collect([child.stdout, child.stderr])
  const find = (pattern: RegExp) => pattern.exec(output.texts[0]!)?.[1] ?? ""
  const end = async (signal: NodeJS.Signals) => {
    child.kill(signal)
    const code = await child.exited
    await output.all
    return code
  }
  await output.until(([text]) => text!.includes(ready) && text!.endsWith("\n\n"), "it listened")
  return {
    url: find(/ listens on (\S+)/),
    adminKey: find(/^ {2}admin key +(\S+)/m),
    inferenceKey: find(/^ {2}inference key +(\S+)/m),
    pid: child.pid,
    cwd,
    stdout: () => output.texts[0]!,
    stderr: () => output.texts[1]!,
    async stop() {
      const code = await end("SIGTERM")
      if (options.cwd === undefined) rmSync(cwd, { recursive: true, force: true })
      return code
    },
    kill: (signal = "SIGKILL") => end(signal),
    until: (text) =>
      output.until(
        (texts) => texts.some((own) => (typeof text === "string" ? own.includes(text) : text.test(own))),
        `it said ${text}`,
      ),
    exited: child.exited,
  }
}
