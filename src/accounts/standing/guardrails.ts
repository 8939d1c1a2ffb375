import { defaultProject } from "../../store/account-ids.ts"
import type { Directory } from "../directory/directory.ts"
import type { Principal } from "../principal.ts"
import { named } from "./belongings.ts"
import { defaultsByProject, held } from "./look-ups.ts"
import type { Belongings, HeldGuardrail } from "./types.ts"

/** Those that hold for a key: its project's own, its member's, its own; each once. */
export function guardrailsOf(
  { keyId }: Principal,
  { member, project }: Belongings,
  directory: Pick<Directory, "get" | "list">,
): readonly HeldGuardrail[] {
  const projectId = project?.id ?? defaultProject
  const defaults = defaultsByProject(directory.list("guardrail")).get(projectId) ?? []
  const assigned = (id: string, scope: HeldGuardrail["scope"]): readonly HeldGuardrail[] => {
    const guardrail = named(directory, "guardrail", directory.get("guardrail-assignment", id)?.body.guardrailId)
    return guardrail ? [held(guardrail, scope)] : []
  }
  const all = [
    ...defaults,
    ...(member ? assigned(`member:${member.id}`, "member") : []),
    ...assigned(`key:${keyId}`, "api_key"),
  ]
  return [...new Map(all.map((guardrail) => [guardrail.id, guardrail])).values()]
}
