import { isObject } from "../../contract/index.ts"

type Labels = Readonly<Record<string, unknown>> | undefined

const labelOf = (label: unknown, key: string): string | undefined => {
  const value = isObject(label) ? label[key] : undefined
  return typeof value === "string" && value !== "" ? value : undefined
}

/** The run that a request belongs to: Requesty's label, or OpenRouter's trace object. */
export const traceIn = (labels: Labels): string | undefined =>
  labelOf(labels?.requesty, "trace_id") ?? labelOf(labels?.trace, "trace_id")

/** The user, where only the labels name one. */
export const userIn = (labels: Labels): string | undefined => labelOf(labels?.requesty, "user_id")
