import type { LoadedConfig } from "../config/load.ts"
import { formatProblem } from "../config/problem.ts"
import { preferenceProblems } from "./problems/preferences.ts"
import { presetProblems } from "./problems/presets.ts"

/** Puts file, line and column before a mistake that is told without them, because it shows only when everything is put together. */
export function toldWhere({ config, file, place }: LoadedConfig): (message: string) => string {
  const placed = new Map(
    [...preferenceProblems(config), ...presetProblems(config)].map((problem) => [problem.message, problem] as const),
  )
  return (message) => {
    const problem = placed.get(message)
    const position = problem && place?.(problem.list, problem.name)
    return position && file !== undefined ? formatProblem({ message, file, path: "", ...position }) : message
  }
}
