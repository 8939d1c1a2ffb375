import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"

export interface PluginFolder {
  readonly dir: string
  write(name: string, text: string): void
  remove(): void
}

/** A folder of plugins as a stranger writes them, for `plugins.dir`. */
export function pluginFolder(files: Readonly<Record<string, string>>): PluginFolder {
  const dir = mkdtempSync(join(tmpdir(), "signalbox-plugins-"))
  const write = (name: string, text: string) => {
    mkdirSync(dirname(join(dir, name)), { recursive: true })
    writeFileSync(join(dir, name), text)
  }
  for (const [name, text] of Object.entries(files)) write(name, text)
  return { dir, write, remove: () => rmSync(dir, { recursive: true, force: true }) }
}

/** A plugin's file: what `setup` returns, and what stands before it. */
export const pluginText = (name: string, capabilities: string, before = ""): string => `
import { definePlugin, GatewayError, Type } from "signalbox/plugin"
${before}
export default definePlugin({
  name: ${JSON.stringify(name)},
  contract: 1,
  options: Type.Object({}, { additionalProperties: true }),
  setup: (options, context) => (${capabilities}),
})
`

/** A guardrail that objects to every match of a pattern. */
export const guardrailText = (name: string, pattern: string, more: string): string =>
  pluginText(
    name,
    `{
    guardrails: [{
      name: ${JSON.stringify(name)}, stages: ["input", "output"], window: 24,
      detect: (text) => [...text.matchAll(${pattern})].map((match) => ({
        start: match.index, end: match.index + match[0].length, label: ${JSON.stringify(name)},
      })),
      ${more}
    }],
  }`,
  )
