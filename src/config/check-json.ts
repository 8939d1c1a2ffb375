import type { Json } from "../contract/json.ts"
import { checkValue, type Shape, unusable } from "./check-value.ts"
import type { Located } from "./document.ts"
import { pathText } from "./problem.ts"

/** A mistake in a value that came through the API. */
export interface JsonProblem {
  readonly path: string
  readonly message: string
}

/** A value as the checks of the configuration file want it; it was written nowhere. */
const located = (value: Json): Located => {
  if (Array.isArray(value)) return { kind: "list", items: value.map(located), at: 0 }
  if (typeof value === "object" && value !== null)
    return {
      kind: "map",
      entries: Object.entries(value).map(([key, inner]) => ({ key, keyAt: 0, value: located(inner) })),
      at: 0,
    }
  return { kind: "scalar", value, filled: false, convertible: false, broken: false, at: 0 }
}

/** Checks a part of the configuration that came as JSON, with the rules and words of the file's check. */
export const checkJson = (
  shape: Shape,
  value: Json,
): { readonly value: unknown; readonly problems: readonly JsonProblem[] } => {
  const problems: JsonProblem[] = []
  const report = (_at: number, path: readonly (string | number)[], message: string, suggestion?: string) =>
    problems.push({
      path: pathText(path),
      message: `${message.replace(/^the file /, "the body ")}${suggestion === undefined ? "" : `; did you mean ${suggestion}?`}`,
    })
  const checked = checkValue(shape, located(value), [], { report, origins: new WeakMap() })
  return { value: checked === unusable ? undefined : checked, problems }
}
