import type { Making } from "../accounts/directory/change.ts"
import type { HttpServices } from "./services.ts"

/** What new objects are made with. */
export const makingOf = ({ pipeline, newId }: HttpServices): Making => ({ now: Math.floor(pipeline.now()), newId })
