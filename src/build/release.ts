import { createHash } from "node:crypto"
import { mkdir, mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { messageOf } from "../contract/index.ts"
import { buildExecutable, megabytes, outputFolder, projectRoot } from "./executable.ts"
import { type Target, targets } from "./targets.ts"

/** The version of libsql that is installed here: its native libraries must be of exactly that one. */
const libsqlVersion = async (): Promise<string> => {
  const manifest: { version: string } = await Bun.file(Bun.resolveSync("libsql/package.json", projectRoot)).json()
  return manifest.version
}

const run = async (command: readonly string[], cwd: string): Promise<string> => {
  const child = Bun.spawn([...command], { cwd, stdout: "pipe", stderr: "pipe" })
  const [code, out, error] = await Promise.all([
    child.exited,
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ])
  if (code !== 0) throw new Error(`${command.join(" ")} ended with ${code}: ${error.trim() || out.trim()}`)
  return out
}

/**
 * Fetches the native library of another platform. Package managers install only their own platform's, so the package is packed
 * and unpacked by hand; its files are the published ones either way.
 */
const fetchAddon = async (target: Target, version: string, folder: string): Promise<string> => {
  const place = join(folder, target.name)
  await mkdir(place, { recursive: true })
  const packed = JSON.parse(await run(["npm", "pack", "--json", `${target.addon}@${version}`], place)) as {
    filename: string
    version: string
  }[]
  const [archive] = packed
  if (archive?.version !== version) throw new Error(`${target.addon} ${version} is not what was fetched`)
  await run(["tar", "-xzf", archive.filename], place)
  const file = join(place, "package", "index.node")
  if (!(await Bun.file(file).exists())) throw new Error(`${target.addon}@${version} holds no index.node`)
  return file
}

const sha256 = async (file: string): Promise<string> => {
  const hash = createHash("sha256")
  for await (const chunk of Bun.file(file).stream()) hash.update(chunk)
  return hash.digest("hex")
}

/** Builds the named targets, or all; gives the failures. `SHA256SUMS` lists what was built. */
const release = async (wanted: readonly Target[]): Promise<readonly string[]> => {
  const version = await libsqlVersion()
  const folder = await mkdtemp(join(tmpdir(), "signalbox-release-"))
  const sums: string[] = []
  const failures: string[] = []
  try {
    for (const target of wanted)
      try {
        const addonFile = await fetchAddon(target, version, folder)
        const name = `signalbox-${target.name}`
        const output = await buildExecutable(target, addonFile, name)
        sums.push(`${await sha256(output)}  ${name}\n`)
        console.log(`dist/${name} (${await megabytes(output)})`)
      } catch (thrown) {
        failures.push(`${target.name}: ${messageOf(thrown)}`)
      }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  await Bun.write(join(outputFolder, "SHA256SUMS"), sums.join(""))
  return failures
}

const names = process.argv.slice(2)
const unknown = names.filter((name) => !targets.some((target) => target.name === name))
if (unknown.length > 0) {
  console.error(`unknown target ${unknown.join(", ")}; known: ${targets.map((target) => target.name).join(", ")}`)
  process.exit(2)
}
const failures = await release(names.length > 0 ? targets.filter((target) => names.includes(target.name)) : targets)
for (const failure of failures) console.error(`not built: ${failure}`)
process.exit(failures.length > 0 ? 1 : 0)
