import type { Face, ReplyPatch } from "../../contract/index.ts"
import { openrouterFace } from "./openrouter.ts"
import { requestyFace } from "./requesty.ts"

export { openrouterFace, requestyFace }

/** The face of a name. */
export const faces: Readonly<Record<Face["name"], Face>> = { openrouter: openrouterFace, requesty: requestyFace }

/** The face of a reply that passes as it is. */
export const faceOf = ({ face, usage }: Pick<ReplyPatch, "face" | "usage">): Face =>
  usage ? { ...faces[face], usage } : faces[face]
