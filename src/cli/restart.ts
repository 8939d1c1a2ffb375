import { accessSync, constants, existsSync, mkdirSync, readFileSync } from "node:fs"
import { homedir } from "node:os"
import { dirname, join, resolve as resolvePath } from "node:path"
import { embeddedLibrary, placeLibrary } from "./native-library.ts"

/** Requests that may be under way to upstreams at once; the runtime's own default is 256 for the whole process. */
const maximumRequests = "16384"

/**
 * How often a function runs, roughly, before it is compiled; the runtime's own default is 500. At the start thousands of functions run a
 * few times each and never again: not compiling them saves 10 ms and 2 MB. What serves requests is past this within the first hundreds.
 */
const compileAfter = "4000"

/**
 * The runtime's last compiler tier is off: it works for minutes on code that mostly calls into the runtime (a sixth of a request's time
 * is compiled code). Measured at 1 KB requests, CPU of all threads per request without and with it: 133 and 194 µs over the first 8,000,
 * 134 and 154 over 40,000, the same within noise after 150,000.
 */
const lastCompilerTier = "0"

/** Set for the restarted process, so that it happens once whatever else goes wrong. */
const mark = "SIGNALBOX_RESTARTED"

/** Commands that open the database or call upstreams. */
const prepared = new Set(["serve", "keys", "models"])

type Environment = Readonly<Record<string, string | undefined>>

const optionIn = (words: readonly string[], long: string, short: string): string | undefined => {
  for (const [index, word] of words.entries()) {
    if (word === `--${long}` || word === `-${short}`) return words[index + 1]
    if (word.startsWith(`--${long}=`)) return word.slice(long.length + 3)
  }
  return undefined
}

const fillIn = (text: string, env: Environment): string | undefined => {
  let known = true
  const filled = text.replace(/\$\{([A-Za-z_]\w*)(?::-([^}]*))?\}/g, (_, name: string, fallback?: string) => {
    const value = env[name] || fallback
    if (value === undefined) known = false
    return value ?? ""
  })
  return known && !filled.includes("${") ? filled : undefined
}

/**
 * The data directory, as far as it can be told without parsing YAML, which would cost the start more than everything else here.
 * Whatever is not understood means the default; only temporary files go there.
 */
export const guessDataDir = (words: readonly string[], env: Environment, cwd: string): string => {
  const named = optionIn(words, "data-dir", "d")
  if (named !== undefined) return resolvePath(cwd, named)
  const file = resolvePath(cwd, optionIn(words, "config", "c") ?? "signalbox.yaml")
  const fallback = join(dirname(file), "data")
  if (!existsSync(file)) return fallback
  const line = /^["']?data_dir["']?[ \t]*:[ \t]*(?:"([^"\n]*)"|'([^'\n]*)'|([^#\n]*?))[ \t]*(?:#.*)?$/m.exec(
    readFileSync(file, "utf8"),
  )
  const value = line?.[1] ?? line?.[2] ?? line?.[3]
  const filled = value ? fillIn(value, env) : undefined
  return filled ? resolvePath(dirname(file), filled) : fallback
}

/** Mount points that forbid what a shared library needs: Docker's tmpfs, hardened /tmp. */
const forbiddenMounts = (): readonly { readonly at: string; readonly forbidden: boolean }[] => {
  try {
    const lines = readFileSync("/proc/self/mounts", "utf8").split("\n")
    return lines.map((line) => {
      const [, at = "", , options = ""] = line.split(" ")
      return { at: at.replaceAll("\\040", " "), forbidden: options.split(",").includes("noexec") }
    })
  } catch {
    return []
  }
}

const isUsable = (folder: string, mounts: ReturnType<typeof forbiddenMounts>): boolean => {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    accessSync(folder, constants.W_OK | constants.X_OK)
  } catch {
    return false
  }
  const holders = mounts.filter(({ at }) => at === "/" || folder === at || folder.startsWith(`${at}/`))
  return !holders.toSorted((a, b) => b.at.length - a.at.length)[0]?.forbidden
}

/**
 * Where the runtime unpacks the database's native library. The data directory comes first: unlike /tmp nobody else can write
 * there and plant another library. Undefined leaves it to the runtime.
 */
export const chooseRuntimeDir = (dataDir: string, env: Environment): string | undefined => {
  const mounts = forbiddenMounts()
  const candidates = [join(dataDir, "runtime"), env.TMPDIR, "/tmp", "/var/tmp", "/dev/shm", join(homedir(), ".cache")]
  return candidates.find(
    (folder): folder is string => folder !== undefined && folder !== "" && isUsable(folder, mounts),
  )
}

/**
 * In the executable, starts this process once more (same process id) with what the runtime reads only at its start: the cap on
 * concurrent requests, when to compile, and where native libraries are unpacked. What the unpacking costs in memory goes with the first start.
 * Returns when there is nothing to do or it cannot be done.
 */
export const restartPrepared = () => {
  const { env } = process
  const words = process.argv.slice(2)
  if (!Bun.isStandaloneExecutable || !prepared.has(words[0] ?? "")) return
  if (env[mark] !== undefined || (env.BUN_CONFIG_MAX_HTTP_REQUESTS && env.BUN_TMPDIR)) return
  const runtimeDir = env.BUN_TMPDIR ?? chooseRuntimeDir(guessDataDir(words, env, process.cwd()), env)
  const embedded = embeddedLibrary()
  const library = runtimeDir === undefined || embedded === undefined ? undefined : placeLibrary(runtimeDir, embedded)
  const next = {
    ...(env as Record<string, string>),
    BUN_CONFIG_MAX_HTTP_REQUESTS: env.BUN_CONFIG_MAX_HTTP_REQUESTS ?? maximumRequests,
    BUN_JSC_useFTLJIT: env.BUN_JSC_useFTLJIT ?? lastCompilerTier,
    BUN_JSC_thresholdForJITAfterWarmUp: env.BUN_JSC_thresholdForJITAfterWarmUp ?? compileAfter,
    ...(runtimeDir === undefined ? {} : { BUN_TMPDIR: runtimeDir }),
    ...(library === undefined ? {} : { SIGNALBOX_LIBRARY: library }),
    [mark]: "1",
  }
  try {
    process.execve?.(process.execPath, [process.execPath, ...words], next)
  } catch (thrown) {
    // The executable was replaced a moment ago, or the system forbids it: everything works, with fewer requests at once.
    console.error(`signalbox: cannot raise the limit of concurrent requests: ${thrown}`)
  }
}
