import manifest from "../../package.json" with { type: "json" }
import type { Arguments } from "./arguments.ts"
import { type CliIo, exitCode } from "./io.ts"

/** Put in by the build; not there when run from source. */
declare const SIGNALBOX_COMMIT: string | undefined

export const version: string = manifest.version

/** Short hash of the commit that was built; empty when unknown. */
export const commit: string = typeof SIGNALBOX_COMMIT === "string" ? SIGNALBOX_COMMIT : ""

export const versionCommand = async (args: Arguments, io: CliIo): Promise<number> => {
  const facts = {
    version,
    ...(commit === "" ? {} : { commit }),
    bun: Bun.version,
    platform: `${process.platform}-${process.arch}`,
  }
  if (args.flag("json")) io.out(`${JSON.stringify(facts)}\n`)
  else io.out(`signalbox ${version}${commit === "" ? "" : ` (${commit})`}, Bun ${facts.bun}, ${facts.platform}\n`)
  return exitCode.fine
}
