/** The Prometheus text format 0.0.4: prometheus.io/docs/instrumenting/exposition_formats */

/** The lines of one series. */
export type Describe<M> = (metric: M, names: readonly string[], values: readonly string[]) => string[]

export const escapeHelp = (text: string): string => text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")

const escapeLabel = (text: string): string => escapeHelp(text).replaceAll('"', '\\"')

/** `{a="1",b="2"}`; empty without labels. */
export const labelText = (names: readonly string[], values: readonly string[]): string =>
  names.length === 0 ? "" : `{${names.map((name, index) => `${name}="${escapeLabel(values[index] ?? "")}"`).join(",")}}`

export const numberText = (value: number): string => {
  if (value === Number.POSITIVE_INFINITY) return "+Inf"
  if (value === Number.NEGATIVE_INFINITY) return "-Inf"
  return Number.isNaN(value) ? "NaN" : String(value)
}
