import { expect, test } from "bun:test"
import type { AccessList, ObjectKind, ObjectKinds } from "../../../src/accounts/directory/types.ts"
import type { KeyDetails, Principal } from "../../../src/accounts/principal.ts"
import { accessOf } from "../../../src/accounts/standing/access-choice.ts"
import { belongings } from "../../../src/accounts/standing/belongings.ts"
import type { AccessChoice } from "../../../src/accounts/standing/types.ts"
import { GatewayError } from "../../../src/contract/index.ts"
import { isAllowed } from "../../../src/pipeline/access/access.ts"
import { keysOf, offerOf, planOf, snapshotOf } from "../../kit/planning.ts"

const list = (name: string, more: Partial<AccessList> = {}): AccessList & { readonly id: string } => ({
  id: name,
  name,
  autoApprove: false,
  chat: [],
  embedding: [],
  image: [],
  transcription: [],
  speech: [],
  ...more,
})

const price = { input: 1, output: 1 }
const offers = [
  offerOf("openai", { model: "openai/gpt-5", upstream: "gpt-5", price }),
  offerOf("azure", { model: "openai/gpt-5", upstream: "gpt-5", price }),
  offerOf("openai", { model: "openai/embed", upstream: "embed", kind: "embeddings", price }),
  offerOf("anthropic", { model: "anthropic/claude", upstream: "claude", price }),
]
const access = (of: AccessChoice["of"], ...lists: AccessChoice["lists"]) => ({ standing: { access: { of, lists } } })
const refused = (body: object, around: object): GatewayError => {
  try {
    planOf({ ...body }, { offers, ...around })
  } catch (thrown) {
    if (GatewayError.is(thrown)) return thrown
    throw thrown
  }
  throw new Error("it was planned")
}

test.each<[names: readonly string[], left: readonly string[]]>([
  [["openai/gpt-5"], ["azure", "openai"]],
  [["azure/gpt-5"], ["azure"]],
  [["openai:gpt-5"], ["openai"]],
  [["openai/*"], ["azure", "openai"]],
  [["gpt-*"], ["azure", "openai"]],
  [["*"], ["azure", "openai"]],
])("%j lets through %j", (chat, left) => {
  const plan = planOf({ model: "openai/gpt-5" }, { offers, ...access("key", list("l", { chat })) })
  expect(keysOf(plan).toSorted()).toEqual([...left])
})

test("what several lists of its groups have may be used", () => {
  const lists = [list("a", { chat: ["openai/gpt-5"] }), list("b", { chat: ["anthropic/claude"] })]
  for (const model of ["openai/gpt-5", "anthropic/claude"])
    expect(keysOf(planOf({ model }, { offers, ...access("groups", ...lists) })).length).toBeGreaterThan(0)
})

test("the refusal is Requesty's, and names the list", () => {
  const error = refused({ model: "openai/gpt-5" }, access("groups", list("interns", { chat: ["anthropic/*"] })))
  expect(error.code).toBe("model_not_allowed")
  expect(error.message).toStartWith("Provider blocked by policy")
  expect(error.message).toContain('the access list "interns" of its groups')
})

test("a modality has its own list", () => {
  const snapshot = snapshotOf({ offers })
  const standing = (lists: Partial<AccessList>) =>
    ({ principal: {} as Principal, ...access("organisation", list("l", lists)).standing }) as const
  const embed = offers[2]!
  expect(isAllowed(snapshot, standing({ chat: ["openai/embed"] }), embed, "embeddings")).toMatchObject({
    constraint: "access_list",
  })
  expect(isAllowed(snapshot, standing({ embedding: ["openai/embed"] }), embed, "embeddings")).toBe(true)
  // Where a list of models is shown, nobody has said what for.
  expect(isAllowed(snapshot, standing({ embedding: ["openai/embed"] }), embed)).toBe(true)
  expect(isAllowed(snapshot, standing({ chat: ["openai/gpt-5"] }), offers[0]!, "rerank")).toBe(true)
})

test("members of a policy and fallbacks that are denied are left out silently", () => {
  const around = { offers, ...access("key", list("l", { chat: ["anthropic/claude"] })) }
  expect(keysOf(planOf({ model: "openai/gpt-5", models: ["anthropic/claude"] }, around))).toEqual(["anthropic"])
})

test("the key's own list goes first, then those of its groups, then the one for groups, then the organisation's", () => {
  const objects: { [Kind in ObjectKind]?: Record<string, ObjectKinds[Kind]> } = {
    "access-list": Object.fromEntries(["key", "g1", "g2", "groups", "all"].map((id) => [id, list(id)])),
    member: { ann: { email: "ann@example.com", role: "member", limitReset: "monthly" } },
  }
  const stored = (id: string, body: unknown) => ({ id, body, createdAt: 0 })
  const directory = {
    get: (kind: ObjectKind, id: string) => {
      const body = objects[kind]?.[id]
      return body === undefined ? undefined : (stored(id, body) as never)
    },
    list: (kind: ObjectKind) => Object.entries(objects[kind] ?? {}).map(([id, body]) => stored(id, body)) as never,
  }
  const choice = (details: KeyDetails) => {
    const principal = { details } as Principal
    const found = accessOf(principal, belongings(principal, directory), directory)
    return found && [found.of, ...found.lists.map(({ id }) => id)]
  }
  const ann: KeyDetails = { owner: { kind: "member", id: "ann" } }
  const member = { memberId: "ann", role: "member", joinedAt: 1 } as const
  expect(choice(ann)).toBeUndefined()
  objects.organisation = {
    organisation: { name: "all", limitReset: "never", accessListId: "all", groupAccessListId: "groups" },
  }
  expect(choice(ann)).toEqual(["organisation", "all"])
  objects.group = { one: { name: "one", limitReset: "never", members: [member] } }
  expect(choice(ann)).toEqual(["group", "groups"])
  objects.group.one = { ...objects.group.one!, accessListIds: ["g1"] }
  objects.group.two = { name: "two", limitReset: "never", members: [member], accessListIds: ["g2", "gone"] }
  expect(choice(ann)).toEqual(["groups", "g1", "g2"])
  expect(choice({ ...ann, accessListId: "key" })).toEqual(["key", "key"])
  // A list that was deleted gives way to the next one.
  expect(choice({ ...ann, accessListId: "gone" })).toEqual(["groups", "g1", "g2"])
  expect(choice({})).toEqual(["organisation", "all"])
})
