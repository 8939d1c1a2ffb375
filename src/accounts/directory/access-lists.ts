import type { AbilityName, ModelKind } from "../../contract/index.ts"
import type { Principal } from "../principal.ts"
import { conflict, existing, invalid, type Look, type Making, type Patch, type Planned, patched } from "./change.ts"
import { organisationId } from "./ids.ts"
import { namesOf } from "./keys-of.ts"
import type { AccessList, ObjectChange, Stored } from "./types.ts"

/** What models are listed by. */
export const modalities = ["chat", "embedding", "image", "transcription", "speech"] as const
export type AccessModality = (typeof modalities)[number]

const modalityNames: Readonly<Record<ModelKind | AbilityName, AccessModality>> = {
  chat: "chat",
  // Ranking and counting are done for conversations, and Requesty's lists have no place of their own for them.
  rerank: "chat",
  countTokens: "chat",
  embeddings: "embedding",
  images: "image",
  transcription: "transcription",
  speech: "speech",
}

/** Where a kind of model, or what is asked of one, stands in a list. */
export const modalityOf = (kind: ModelKind | AbilityName = "chat"): AccessModality => modalityNames[kind]

export type NewAccessList = Partial<AccessList> & Pick<AccessList, "name">

/** Throws `not_found`. Everybody may see them: they say what one may use. */
export const accessListFor = (look: Look, id: string): Stored<"access-list"> => existing(look, "access-list", id)

export function addAccessList(_: Look, asked: NewAccessList, { newId }: Pick<Making, "newId">): Planned {
  const empty = { autoApprove: false, chat: [], embedding: [], image: [], transcription: [], speech: [] }
  const id = newId()
  return { id, steps: [{ kind: "access-list", id, body: checked({ ...empty, ...asked }) }] }
}

/** Models of a modality are replaced; an empty list clears it. */
export function changeAccessList(look: Look, id: string, change: Patch<AccessList>): Planned {
  const { body } = accessListFor(look, id)
  return { id, steps: [{ kind: "access-list", id, body: checked(patched(body, change)) }] }
}

function checked(list: AccessList): AccessList {
  const body: Record<string, unknown> = { ...list, name: list.name.trim() }
  if (body.name === "") throw invalid("name", '"name" must be a non-empty string.')
  for (const modality of modalities) body[modality] = [...new Set(list[modality].map((name) => name.trim()))]
  return body as unknown as AccessList
}

/** Whatever a list counts for. */
export interface Attached {
  readonly keys: readonly Principal[]
  readonly groups: readonly Stored<"group">[]
  /** As its own list, or as that of its groups. */
  readonly organisation: boolean
}

export function attachedTo(look: Look, id: string, keys: readonly Principal[]): Attached {
  const organisation = look.get("organisation", organisationId)?.body
  return {
    keys: keys.filter(({ details }) => details?.accessListId === id),
    groups: look.list("group").filter(({ body }) => body.accessListIds?.includes(id)),
    organisation: organisation?.accessListId === id || organisation?.groupAccessListId === id,
  }
}

/**
 * Refused while it is attached. With `force` it goes all the same, and for what it was attached to the next list counts
 * (`standing/access-choice.ts`).
 */
export function removeAccessList(
  look: Look,
  id: string,
  { keys, force = false }: { readonly keys: readonly Principal[]; readonly force?: boolean },
): Planned {
  const { body } = accessListFor(look, id)
  const attached = attachedTo(look, id, keys)
  const { groups, organisation } = attached
  if (!force && attached.keys.length + groups.length + Number(organisation) > 0)
    throw conflict(
      `The access list "${body.name}" is assigned to ${wordsFor(attached)}. Detach it, or delete it with ?force=true.`,
    )
  return {
    id,
    steps: [
      { kind: "access-list", id },
      ...groups.map((group): ObjectChange => {
        const left = group.body.accessListIds?.filter((one) => one !== id)
        return { kind: "group", id: group.id, body: patched(group.body, { accessListIds: left?.length ? left : null }) }
      }),
      ...withoutList(look, id),
    ],
  }
}

function withoutList(look: Look, id: string): readonly ObjectChange[] {
  const body = look.get("organisation", organisationId)?.body
  if (body?.accessListId !== id && body?.groupAccessListId !== id) return []
  const gone = {
    ...(body.accessListId === id ? { accessListId: null } : {}),
    ...(body.groupAccessListId === id ? { groupAccessListId: null } : {}),
  }
  return [{ kind: "organisation", id: organisationId, body: patched(body, gone) }]
}

const wordsFor = ({ keys, groups, organisation }: Attached): string =>
  [
    ...(groups.length > 0 ? [`${groups.length} ${groups.length === 1 ? "group" : "groups"}`] : []),
    ...(keys.length > 0 ? [namesOf(keys)] : []),
    ...(organisation ? ["the organisation"] : []),
  ].join(", ")

export interface NewModel {
  readonly name: string
  readonly modality: AccessModality
}

/** Models that were not known before join the lists that want them; without steps where none does. */
export function joinLists(look: Look, models: readonly NewModel[]): { readonly steps: readonly ObjectChange[] } {
  const steps: ObjectChange[] = []
  for (const { id, body } of look.list("access-list")) {
    if (!body.autoApprove) continue
    const joined = modalities.flatMap((modality) => {
      const known = new Set(body[modality])
      const names = models.filter((model) => model.modality === modality && !known.has(model.name))
      return names.length === 0 ? [] : [[modality, [...body[modality], ...names.map(({ name }) => name)]] as const]
    })
    if (joined.length > 0)
      steps.push({ kind: "access-list", id, body: { ...body, ...(Object.fromEntries(joined) as Partial<AccessList>) } })
  }
  return { steps }
}
