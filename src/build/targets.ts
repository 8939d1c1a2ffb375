import { existsSync } from "node:fs"

/** A platform that `release` builds for. */
export interface Target {
  /** As in the file's name: `linux-x64` in `signalbox-linux-x64`. */
  readonly name: string
  /** As Bun names it. */
  readonly bun: Bun.Build.CompileTarget
  /** The package with libSQL's native library for it. */
  readonly addon: string
}

const target = (name: string, bun: Bun.Build.CompileTarget, addon: string): Target => ({
  name,
  bun,
  addon: `@libsql/${addon}`,
})

export const targets: readonly Target[] = [
  target("linux-x64", "bun-linux-x64", "linux-x64-gnu"),
  target("linux-arm64", "bun-linux-arm64", "linux-arm64-gnu"),
  target("linux-x64-musl", "bun-linux-x64-musl", "linux-x64-musl"),
  target("linux-arm64-musl", "bun-linux-arm64-musl", "linux-arm64-musl"),
  target("darwin-arm64", "bun-darwin-arm64", "darwin-arm64"),
  target("darwin-x64", "bun-darwin-x64", "darwin-x64"),
]

/** The dynamic loader of the GNU C library, which a musl system does not have. */
const gnuLoaders = ["/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1", "/lib64/ld-linux-aarch64.so.1"]

/** The target of this machine. Throws when signalbox is not built for it. */
export const ownTarget = (): Target => {
  const musl = process.platform === "linux" && !gnuLoaders.some((path) => existsSync(path))
  const name = `${process.platform}-${process.arch}${musl ? "-musl" : ""}`
  const found = targets.find((candidate) => candidate.name === name)
  if (found) return found
  throw new Error(`signalbox is not built for ${name}; known: ${targets.map((known) => known.name).join(", ")}`)
}
