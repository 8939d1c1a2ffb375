import { defaultWorkspace, derivedId } from "../../../accounts/directory/ids.ts"
import { defaultProject } from "../../../store/account-ids.ts"

/** OpenRouter's workspaces are projects. The one that is always there has this id in its API, because clients want a UUID. */
export { defaultWorkspace, derivedId }

export const workspaceIdOf = (projectId: string = defaultProject): string =>
  projectId === defaultProject ? defaultWorkspace : projectId

/** Any other id, or a slug, as it is: whoever looks it up says whether there is one. */
export const projectIdOf = (workspaceId: string): string =>
  workspaceId === defaultWorkspace ? defaultProject : workspaceId
