import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { homedir } from "node:os"
import { join } from "node:path"
import type { RealAgent } from "./agents.ts"

/** Outside of the repository, since each agent is hundreds of megabytes. */
const cacheFolder = process.env.SIGNALBOX_AGENTS ?? join(homedir(), ".cache/signalbox-agents")

const installedVersion = (folder: string, name: string): string | undefined => {
  const manifest = join(folder, "node_modules", name, "package.json")
  if (!existsSync(manifest)) return undefined
  return (JSON.parse(readFileSync(manifest, "utf8")) as { version?: string }).version
}

/** The folder in which the agent is installed, in exactly the version that was asked for. */
export const findOrInstall = async (agent: RealAgent): Promise<string> => {
  const folder = join(cacheFolder, agent.name)
  if (installedVersion(folder, agent.package) === agent.version) return folder
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, "package.json"), '{ "private": true }\n')
  // npm, because some agents fetch their program in an install script.
  const words = ["npm", "install", "--no-audit", "--no-fund", "--save-exact", `${agent.package}@${agent.version}`]
  const child = Bun.spawn(words, { cwd: folder, stdout: "ignore", stderr: "pipe" })
  const error = await new Response(child.stderr).text()
  if ((await child.exited) !== 0) throw new Error(`${agent.package}@${agent.version} was not installed:\n${error}`)
  return folder
}
