import { cp, mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join, relative } from "node:path"
import { buildExecutable, megabytes, projectRoot } from "./executable.ts"
import { ownTarget } from "./targets.ts"

/** Runs the executable alone in an empty folder: whatever it still needs from the repository is missing there. */
const verify = async (executable: string): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), "signalbox-build-"))
  try {
    const copy = join(folder, "signalbox")
    await cp(executable, copy)
    const child = Bun.spawn([copy, "version"], { cwd: folder, env: {}, stdout: "pipe", stderr: "pipe" })
    const [code, out, error] = await Promise.all([
      child.exited,
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
    ])
    if (code !== 0 || !out.startsWith("signalbox ")) throw new Error(`the executable does not run: ${error || out}`)
    return out.trim()
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const target = ownTarget()
const addonFile = Bun.resolveSync(`${target.addon}/index.node`, projectRoot)
const output = await buildExecutable(target, addonFile, "signalbox")
console.log(`${relative(process.cwd(), output) || output}: ${await verify(output)} (${await megabytes(output)})`)
