import { chmod, mkdir, mkdtemp, rename, rm, stat } from "node:fs/promises"
import { join, resolve as resolvePath } from "node:path"
import { libsqlAddon, workerUrls } from "./rewrites.ts"
import type { Target } from "./targets.ts"

export const projectRoot = resolvePath(import.meta.dir, "../..")
export const outputFolder = join(projectRoot, "dist")

/** Short hash of the commit that is checked out; undefined where there is no repository or no git. */
const currentCommit = (): string | undefined => {
  try {
    const { success, stdout } = Bun.spawnSync(["git", "rev-parse", "--short=12", "HEAD"], {
      cwd: projectRoot,
      stderr: "ignore",
    })
    return success ? stdout.toString().trim() : undefined
  } catch {
    return undefined
  }
}

/** Every Worker is an entry point of its own; by the rule of their names none can be forgotten. */
const entryPoints = (source: string): string[] => {
  const workers = [...new Bun.Glob("**/*-worker.ts").scanSync(source)].toSorted()
  return [join(source, "main.ts"), ...workers.map((file) => join(source, file))]
}

/**
 * Compiles everything into one executable `dist/<name>`: minified, with bytecode, source map and native library inside. Replaces
 * an older one in one step, so that a running gateway keeps its own.
 */
export const buildExecutable = async (target: Target, addonFile: string, name: string): Promise<string> => {
  const source = join(projectRoot, "src")
  const commit = currentCommit()
  await mkdir(outputFolder, { recursive: true })
  const folder = await mkdtemp(join(outputFolder, ".build-"))
  try {
    const draft = join(folder, "signalbox")
    const result = await Bun.build({
      entrypoints: entryPoints(source),
      root: source,
      format: "esm",
      minify: true,
      bytecode: true,
      // What runs before the restart, and each command, loads its own part of the code and no more.
      splitting: true,
      sourcemap: "linked",
      plugins: [libsqlAddon(addonFile), workerUrls(source)],
      define: {
        "process.env.NODE_ENV": '"production"',
        ...(commit === undefined ? {} : { SIGNALBOX_COMMIT: JSON.stringify(commit) }),
      },
      compile: {
        target: target.bun,
        outfile: draft,
        // A foreign .env or bunfig.toml in the working directory must not reach the gateway; a plugin's package.json must.
        autoloadDotenv: false,
        autoloadBunfig: false,
        autoloadPackageJson: true,
      },
    })
    if (!result.success) throw new AggregateError(result.logs, "the bundle failed")
    await chmod(draft, 0o755)
    const output = join(outputFolder, name)
    await rename(draft, output)
    return output
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

export const megabytes = async (file: string): Promise<string> => `${((await stat(file)).size / 1e6).toFixed(1)} MB`
