import type { Config } from "../../src/config/config.ts"
import { type LoadedConfig, loadConfig } from "../../src/config/load.ts"
import { ConfigError, type ConfigProblem } from "../../src/config/problem.ts"
import type { ConfigOverrides } from "../../src/config/resolve/resolve.ts"

export interface ConfigText {
  readonly env?: Readonly<Record<string, string>>
  /** Other files by absolute path. */
  readonly files?: Readonly<Record<string, string>>
  readonly overrides?: ConfigOverrides
  readonly nowMs?: number
}

const absent = () => Object.assign(new Error("no such file"), { code: "ENOENT" })

/** Loads YAML text as `/etc/signalbox/signalbox.yaml`; nothing on the disk is read. */
export const loadText = (yaml: string | undefined, given: ConfigText = {}): Promise<LoadedConfig> =>
  loadConfig({
    cwd: "/etc/signalbox",
    env: given.env ?? {},
    async readFile(path) {
      const text = path === "/etc/signalbox/signalbox.yaml" ? yaml : given.files?.[path]
      if (text === undefined) throw absent()
      return text
    },
    ...(given.overrides === undefined ? {} : { overrides: given.overrides }),
    ...(given.nowMs === undefined ? {} : { nowMs: given.nowMs }),
  })

export const configOf = async (yaml: string | undefined, given: ConfigText = {}): Promise<Config> =>
  (await loadText(yaml, given)).config

/** The mistakes of a configuration; none when it is fine. */
export const problemsOf = async (yaml: string, given: ConfigText = {}): Promise<readonly ConfigProblem[]> => {
  try {
    await loadText(yaml, given)
    return []
  } catch (thrown) {
    if (thrown instanceof ConfigError) return thrown.problems
    throw thrown
  }
}
