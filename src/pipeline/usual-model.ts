import type { Snapshot, Standing } from "./services.ts"

/** The model of a conversation that names none: of its key, its project, the configuration. */
export const usualModel = (
  { principal, usual }: Pick<Standing, "principal" | "usual">,
  { defaultModel }: Pick<Snapshot, "defaultModel">,
): string => principal.routing?.defaultModel ?? usual?.textModel ?? defaultModel
