import { defaultProject } from "../../store/account-ids.ts"
import type { Directory } from "../directory/directory.ts"
import type { Guardrail } from "../directory/types.ts"
import type { Principal } from "../principal.ts"
import { named } from "./belongings.ts"
import type { Belongings, Named } from "./types.ts"

/** Those that hold for a key: its project's own, its member's, its own; each once. */
export function guardrailsOf(
  { keyId }: Principal,
  { member, project }: Belongings,
  directory: Pick<Directory, "get" | "list">,
): readonly Named<Guardrail>[] {
  const projectId = project?.id ?? defaultProject
  const defaults = directory
    .list("guardrail")
    .filter(({ body }) => body.isDefault === true && (body.projectId ?? defaultProject) === projectId)
    .map(({ id, body }) => ({ ...body, id }))
  const assigned = [member && `member:${member.id}`, `key:${keyId}`].flatMap((id) => {
    const guardrailId = id === undefined ? undefined : directory.get("guardrail-assignment", id)?.body.guardrailId
    return named(directory, "guardrail", guardrailId) ?? []
  })
  return [...new Map([...defaults, ...assigned].map((guardrail) => [guardrail.id, guardrail])).values()]
}
