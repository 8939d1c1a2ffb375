import { dirname, relative } from "node:path"
import type { BunPlugin } from "bun"

const replaceOnce = (source: string, pattern: RegExp, replacement: string, file: string): string => {
  const changed = source.replace(pattern, () => replacement)
  // An update that changes the file must stop the build, not the executable's first start.
  if (changed === source) throw new Error(`${file} has changed: ${pattern} is not found`)
  return changed
}

/** What `src/cli/native-library.ts` put on the disk, or what the runtime unpacks. The second must be a literal for the bundler to see. */
const requireNative = (addonFile: string): string => `function requireNative() {
  const placed = process.env.SIGNALBOX_LIBRARY
  return placed ? require(placed) : require(${JSON.stringify(addonFile)})
}`

/**
 * libsql requires its native library by a computed name, which no bundler can follow (oven-sh/bun#18909), and finds out the C
 * library by running programs. In the executable both are known.
 */
export const libsqlAddon = (addonFile: string): BunPlugin => ({
  name: "libsql-addon",
  setup(build) {
    // Anchored, because drizzle-orm has a libsql/index.js too.
    build.onLoad({ filter: /node_modules[\\/]libsql[\\/](index|promise)\.js$/ }, async ({ path }) => {
      let source = await Bun.file(path).text()
      source = replaceOnce(source, /^const \{ load, currentTarget \} = require\("@neon-rs\/load"\);$/m, "", path)
      source = replaceOnce(source, /^const \{ familySync, GLIBC, MUSL \} = require\("detect-libc"\);$/m, "", path)
      const loader = requireNative(addonFile)
      source = replaceOnce(source, /^function requireNative\(\) \{[\s\S]*?^\}/m, loader, path)
      return { contents: source, loader: "js" }
    })
  },
})

/**
 * `new URL("./x-worker.ts", import.meta.url)` is right from source. In the executable the modules lie in chunks at the bundle's
 * root, while an entry point of its own lies in the folder it has below `src/`.
 */
export const workerUrls = (sourceRoot: string): BunPlugin => ({
  name: "worker-urls",
  setup(build) {
    build.onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, async ({ path }) => {
      const source = await Bun.file(path).text()
      const folder = relative(sourceRoot, dirname(path)).replaceAll("\\", "/")
      const contents = source.replace(
        /new URL\("\.\/([\w-]+-worker)\.ts", import\.meta\.url\)/g,
        (_, name: string) => `new URL(${JSON.stringify(`./${folder}/${name}.js`)}, import.meta.url)`,
      )
      return { contents, loader: "ts" }
    })
  },
})
