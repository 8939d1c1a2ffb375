import { existsSync } from "node:fs"
import { join } from "node:path"
import type { AgentFile } from "../../http/docs/agent.ts"

type Environment = Readonly<Record<string, string | undefined>>

/** The folder that a client's own variable names, such as `CODEX_HOME` or `XDG_CONFIG_HOME/opencode`. */
const movedFolder = (movedBy: string, env: Environment): string | undefined => {
  const [variable, ...rest] = movedBy.split("/")
  const base = env[variable!]
  return base ? join(base, ...rest) : undefined
}

/** Where a client's file is on this machine; undefined where the client has none on this system, or nobody says where home is. */
export const pathOfFile = (file: AgentFile, env: Environment, platform: NodeJS.Platform): string | undefined => {
  const moved = file.movedBy === undefined ? undefined : movedFolder(file.movedBy, env)
  const usual = typeof file.folder === "string" ? file.folder : file.folder[platform]
  if (usual === undefined) return undefined
  const home = env.HOME || env.USERPROFILE
  if (moved === undefined && !home) return undefined
  const folder = moved ?? join(home!, usual.replace(/^~\//, ""))
  const there = file.names.find((name) => existsSync(join(folder, name)))
  return join(folder, there ?? file.names[0])
}
