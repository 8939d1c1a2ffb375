/** One mistake in the configuration. Never holds a value that came from a variable, a file or a secret setting. */
export interface ConfigProblem {
  readonly message: string
  readonly file: string
  /** 1-based; 0 when the mistake is about the file as a whole. */
  readonly line: number
  readonly column: number
  /** For example `providers[1].api_key`; empty for the file as a whole. */
  readonly path: string
  /** What was probably meant. */
  readonly suggestion?: string
}

/** `signalbox.yaml:12:5: …` as editors and terminals make it clickable. */
export const formatProblem = (problem: ConfigProblem): string => {
  const place = problem.line > 0 ? `${problem.file}:${problem.line}:${problem.column}` : problem.file
  const hint = problem.suggestion === undefined ? "" : `; did you mean ${problem.suggestion}?`
  return `${place}: ${problem.message}${hint}`
}

/** All mistakes of one configuration, thrown together. */
export class ConfigError extends Error {
  readonly problems: readonly ConfigProblem[]

  constructor(problems: readonly ConfigProblem[]) {
    super(problems.map(formatProblem).join("\n"))
    this.name = "ConfigError"
    this.problems = problems
  }
}

/** `["providers", 0, "price"]` → `providers[0].price` */
export const pathText = (path: readonly (string | number)[]): string =>
  path.reduce<string>((text, step) => {
    if (typeof step === "number") return `${text}[${step}]`
    if (!/^[A-Za-z_][\w-]*$/.test(step)) return `${text}[${JSON.stringify(step)}]`
    return text === "" ? step : `${text}.${step}`
  }, "")
