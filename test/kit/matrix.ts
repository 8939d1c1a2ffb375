import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { observeAll } from "../fidelity/observe.ts"
import { fidelityPage } from "../fidelity/page.ts"
import { formatFamilies } from "./families/formats.ts"
import { startFamilies } from "./families/rig.ts"

/** Writes `src/dialects/README.md` anew, from what happens. Run it when a dialect carries more than before. */
const rig = await startFamilies(await formatFamilies())
writeFileSync(join(import.meta.dir, "../../src/dialects/README.md"), fidelityPage(await observeAll(rig)))
await rig.stop()
