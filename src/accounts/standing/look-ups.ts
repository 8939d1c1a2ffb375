import { defaultProject } from "../../store/account-ids.ts"
import type { Group, GroupMember, Guardrail, Stored, UpstreamKey } from "../directory/types.ts"
import { byOrder } from "../directory/upstream-keys.ts"
import type { HeldGuardrail, Named } from "./types.ts"

/**
 * What of the directory is looked for by something else than its id. It gives the same list until one of its kind changes, so this is worked
 * out once per change, and not once per key: there may be a hundred thousand of those.
 */
const once = <Of extends object, Found>(find: (of: Of) => Found): ((of: Of) => Found) => {
  const known = new WeakMap<Of, Found>()
  return (of) => {
    let found = known.get(of)
    if (found === undefined) {
      found = find(of)
      known.set(of, found)
    }
    return found
  }
}

/** An object with its id; the same one for everybody whom it governs. */
export const namedOf: <Body>(stored: Pick<Stored<never>, "id"> & { readonly body: Body }) => Named<Body> = once(
  ({ id, body }: { readonly id: string; readonly body: unknown }) =>
    Object.freeze({ ...(body as object), id }) as never,
) as never

const membersById = once(
  (members: Group["members"]) => new Map(members.toReversed().map((member) => [member.memberId, member])),
)

/** What a group says of one of its members. */
export const memberIn = ({ members }: Pick<Group, "members">, memberId: string | undefined): GroupMember | undefined =>
  memberId === undefined ? undefined : membersById(members).get(memberId)

/** By member, in the order in which he joined them. */
export const groupsByMember = once((groups: readonly Stored<"group">[]) => {
  const found = new Map<string, Named<Group>[]>()
  for (const stored of groups)
    for (const memberId of membersById(stored.body.members).keys()) {
      const own = found.get(memberId)
      if (own) own.push(namedOf(stored))
      else found.set(memberId, [namedOf(stored)])
    }
  for (const [memberId, own] of found) {
    const joined = (group: Group) => memberIn(group, memberId)?.joinedAt ?? 0
    own.sort((one, other) => joined(one) - joined(other))
  }
  return found
})

const heldBy = once((_: Named<Guardrail>) => new Map<HeldGuardrail["scope"], HeldGuardrail>())

/** A guardrail as it is held; the same one for all who hold it so, because what it looks for is compiled for each. */
export function held(guardrail: Named<Guardrail>, scope: HeldGuardrail["scope"]): HeldGuardrail {
  const known = heldBy(guardrail)
  let found = known.get(scope)
  if (found === undefined) {
    found = Object.freeze({ ...guardrail, scope })
    known.set(scope, found)
  }
  return found
}

/** Guardrails of projects that hold for everything in them, by project. */
export const defaultsByProject = once((guardrails: readonly Stored<"guardrail">[]) =>
  Map.groupBy(
    guardrails.filter(({ body }) => body.isDefault === true).map((stored) => held(namedOf(stored), "workspace")),
    ({ projectId }) => projectId ?? defaultProject,
  ),
)

/** Credentials that were brought, in the order in which they are tried, and the providers that anybody brought one for. */
export const broughtInOrder = once((all: readonly Stored<"upstream-key">[]) => ({
  keys: all.toSorted(byOrder).map((stored): Named<UpstreamKey> => namedOf(stored)),
  providers: new Set(all.map(({ body }) => body.provider)) as ReadonlySet<string>,
}))
