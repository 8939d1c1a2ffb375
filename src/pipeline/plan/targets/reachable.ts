import { GatewayError } from "../../../contract/index.ts"
import { noChooser } from "./choose.ts"
import { resolveName } from "./resolve.ts"
import type { Scope } from "./scope.ts"

/** What of a name leads nowhere, in words; empty = all of it leads somewhere. For whoever declares names, without a request. */
export function dangling(snapshot: Scope["snapshot"], name: string): readonly string[] {
  try {
    const { notes } = resolveName({ snapshot, chooser: noChooser }, name)
    return notes.filter((note) => note.endsWith("is left out"))
  } catch (thrown) {
    if (!GatewayError.is(thrown)) throw thrown
    return [thrown.message]
  }
}
