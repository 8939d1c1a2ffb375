import type { JsonObject } from "../../contract/index.ts"
import type { Belongings, Usual } from "./types.ts"

/** What a workspace's settings mean here. They are checked where they are set. */
export function usualOf({ project }: Pick<Belongings, "project">): Usual | undefined {
  const { default_text_model, default_image_model, default_provider_sort }: JsonObject = project?.settings ?? {}
  const usual: Usual = {
    ...(typeof default_text_model === "string" ? { textModel: default_text_model } : {}),
    ...(typeof default_image_model === "string" ? { imageModel: default_image_model } : {}),
    ...(typeof default_provider_sort === "string" ? { provider: { sort: default_provider_sort } } : {}),
  }
  return Object.keys(usual).length === 0 ? undefined : Object.freeze(usual)
}

/** Keeping prompts and answers is switched on for a project, not off: what the file says of all keys is not a project's to undo. */
export const storesInProject = ({ project }: Pick<Belongings, "project">): boolean =>
  project?.settings?.is_observability_io_logging_enabled === true
