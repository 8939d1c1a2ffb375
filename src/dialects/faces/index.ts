import type { Face } from "../../contract/index.ts"
import { openrouterFace } from "./openrouter.ts"
import { requestyFace } from "./requesty.ts"

export { openrouterFace, requestyFace }

/** The face of a name. */
export const faces: Readonly<Record<Face["name"], Face>> = { openrouter: openrouterFace, requesty: requestyFace }
