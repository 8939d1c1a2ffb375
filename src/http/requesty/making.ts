import type { Making } from "../../accounts/directory/change.ts"
import type { HttpServices } from "../services.ts"

/** What new objects are made with. */
export const makingOf = ({ pipeline, newId }: HttpServices): Making => ({ now: Math.floor(pipeline.now()), newId })

/** What is there and not null. */
export const given = <Values extends object>(values: Values) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== null)) as {
    readonly [Name in keyof Values]?: NonNullable<Values[Name]>
  }
