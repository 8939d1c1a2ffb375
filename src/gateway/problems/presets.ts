import type { Config } from "../../config/config.ts"
import { messageOf } from "../../contract/index.ts"
import { checkPresetFields } from "../../pipeline/presets/check-fields.ts"
import type { PlacedProblem } from "./preferences.ts"

/** Fields of the file's presets that no request could have so; its `provider` objects are looked at with all the others. */
export const presetProblems = ({ presets }: Config): readonly PlacedProblem[] =>
  Object.entries(presets).flatMap(
    ([
      slug,
      {
        parameters: { provider: _elsewhere, ...parameters },
      },
    ]) => {
      try {
        checkPresetFields({ parameters })
        return []
      } catch (thrown) {
        return [{ list: "presets", name: slug, message: `presets.${slug}: ${messageOf(thrown)}` }]
      }
    },
  )
