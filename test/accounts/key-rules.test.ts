import { describe, expect, test } from "bun:test"
import fc from "fast-check"
import type { Look } from "../../src/accounts/directory/change.ts"
import type { ObjectKind, ObjectKinds } from "../../src/accounts/directory/types.ts"
import {
  type AskedKey,
  detailsOfChanged,
  detailsOfNew,
  isOwnKey,
  type KeyManager,
  type KeyPatch,
  manageLevel,
  requireCovered,
  roleOfKey,
} from "../../src/accounts/key-rules.ts"
import type { KeyDetails, KeyOwner, Principal } from "../../src/accounts/principal.ts"
import { type Right, type Role, rights, roles } from "../../src/accounts/rights/rights.ts"
import { GatewayError } from "../../src/contract/errors.ts"

const NOW = Date.UTC(2026, 2, 4, 12)
const limited = { limitReset: "never" } as const

const objects: { readonly [Kind in ObjectKind]?: Readonly<Record<string, ObjectKinds[Kind]>> } = {
  member: Object.fromEntries(
    [...roles, "second"].map((id) => {
      const role = id === "second" ? "member" : (id as Role)
      return [id, { ...limited, email: `${id}@x`, role }]
    }),
  ),
  group: {
    red: { ...limited, name: "Red", members: [{ memberId: "member", role: "admin", joinedAt: 0 }] },
    blue: { ...limited, name: "Blue", members: [{ memberId: "second", role: "member", joinedAt: 0 }] },
  },
  "service-account": { robot: { ...limited, name: "Robot" } },
  project: {
    open: { name: "Open", slug: "open", budgets: {} },
    closed: { name: "Closed", slug: "closed", budgets: {}, memberIds: ["second"] },
  },
  "access-list": {
    free: list(false),
    guarded: list(true),
  },
}

function list(restricted: boolean): ObjectKinds["access-list"] {
  return {
    name: "x",
    autoApprove: false,
    restricted,
    chat: [],
    embedding: [],
    image: [],
    transcription: [],
    speech: [],
  }
}

const directory = {
  get: (kind: ObjectKind, id: string) => {
    const body = (objects[kind] as Readonly<Record<string, unknown>> | undefined)?.[id]
    return body && { id, body, createdAt: 0 }
  },
  list: () => [],
} as unknown as Look
const grounds = { directory, now: NOW, rates: { requestsPerMinute: 60 } }

const manager = (role: Role, memberId: string | undefined = role): KeyManager => ({
  role,
  reach: rights["keys:write"][role] === "all" ? "all" : "own",
  ...(memberId === undefined ? {} : { memberId }),
  actor: { name: "test" },
})
const [owner, admin, member] = [manager("owner"), manager("admin"), manager("member")]

const principal = (details?: KeyDetails, more: Partial<Principal> = {}): Principal => ({
  keyId: "k",
  name: "k",
  label: "k",
  kind: "inference",
  limitReset: "never",
  strict: false,
  disabled: false,
  source: "store",
  createdAtMs: NOW - 10,
  ...(details ? { details } : {}),
  ...more,
})
const problemOf = (work: () => unknown): readonly [string, string | undefined] | undefined => {
  try {
    work()
    return undefined
  } catch (thrown) {
    if (GatewayError.is(thrown)) return [thrown.code, thrown.param]
    throw thrown
  }
}
const asked = (more: Partial<AskedKey> = {}): AskedKey => ({ name: "n", kind: "inference", ...more })
const of = (kind: KeyOwner["kind"], id: string) => ({ owner: { kind, id } as KeyOwner })

describe("whose a key is", () => {
  test("its maker's, who is on record, unless something else is said", () => {
    const own = { owner: { kind: "member", id: "member" }, creatorMemberId: "member" }
    expect(detailsOfNew(grounds, member, asked())).toEqual(own as KeyDetails)
    expect(detailsOfNew(grounds, admin, asked({ details: of("group", "blue") }))).toEqual({
      ...of("group", "blue"),
      creatorMemberId: "admin",
    })
    expect(detailsOfNew(grounds, admin, asked({ details: { owner: null } }))).toEqual({ creatorMemberId: "admin" })
    expect(detailsOfNew(grounds, { ...owner, memberId: undefined } as never, asked())).toBeUndefined()
  })

  test.each<[string, KeyManager, KeyPatch["details"], readonly [string, string | undefined] | undefined]>([
    ["an admin for anybody", admin, of("member", "second"), undefined],
    ["an admin for a service account", admin, of("service-account", "robot"), undefined],
    ["nobody for who is not there", admin, of("service-account", "none"), ["invalid_request", "owner"]],
    ["a member for somebody else", member, of("member", "second"), ["forbidden", undefined]],
    ["a member for somebody who is not there", member, of("member", "none"), ["forbidden", undefined]],
    ["a member for nobody", member, { owner: null }, ["forbidden", undefined]],
    ["a member for a group that it is admin of", member, of("group", "red"), undefined],
    ["a member for another group", member, of("group", "blue"), ["forbidden", undefined]],
    ["a member for a service account", member, of("service-account", "robot"), ["forbidden", undefined]],
    ["a member in its group", member, { groupId: "red" }, undefined],
    ["a member in another's group", member, { groupId: "blue" }, ["invalid_request", "group_id"]],
    ["an admin in a group that the key's member is not in", admin, { groupId: "red" }, ["invalid_request", "group_id"]],
    ["a group's key in another", admin, { ...of("group", "red"), groupId: "blue" }, ["invalid_request", "group_id"]],
    ["a member in an open project", member, { projectId: "open" }, undefined],
    ["a member in a closed project", member, { projectId: "closed" }, ["invalid_request", "project_id"]],
    ["an admin for a member of it", admin, { ...of("member", "second"), projectId: "closed" }, undefined],
    ["the project that is always there", member, { projectId: "default" }, undefined],
    ["a project that is not there", admin, { projectId: "none" }, ["invalid_request", "project_id"]],
    ["a list", member, { accessListId: "free" }, undefined],
    ["a restricted list by a member", member, { accessListId: "guarded" }, ["forbidden", undefined]],
    ["a restricted list by an admin", admin, { accessListId: "guarded" }, undefined],
    ["a list that is not there", admin, { accessListId: "none" }, ["invalid_request", "access_list_id"]],
    ["tighter rates by a member", member, { rates: { requestsPerMinute: 5 } }, undefined],
    ["looser rates by a member", member, { rates: { requestsPerMinute: 61 } }, ["forbidden", undefined]],
    ["rates without the usual one by a member", member, { rates: { concurrency: 1 } }, ["forbidden", undefined]],
    ["looser rates by an admin", admin, { rates: {} }, undefined],
    ["what is kept, by a member", member, { storeBodies: false }, ["forbidden", undefined]],
    ["another creator by a member", member, { creatorMemberId: "second" }, ["invalid_request", "creator_member_id"]],
    ["another creator by an admin", admin, { creatorMemberId: "second" }, undefined],
  ])("%s", (_, by, details, problem) => {
    expect(problemOf(() => detailsOfNew(grounds, by, asked({ details: details! })))).toEqual(problem)
  })

  test("the face's own names are in what it is told", () => {
    const wanted = asked({ details: { projectId: "none" } })
    expect(problemOf(() => detailsOfNew(grounds, admin, wanted, { projectId: "workspace_id" }))).toEqual([
      "invalid_request",
      "workspace_id",
    ])
  })

  test("of own reach are the member's keys, and those of groups that it is admin of", () => {
    const isMine = (details?: KeyDetails) => isOwnKey(directory, member, principal(details))
    expect(isMine(of("member", "member"))).toBe(true)
    expect(isMine(of("group", "red"))).toBe(true)
    for (const other of [undefined, of("member", "second"), of("group", "blue"), of("service-account", "robot")])
      expect(isMine(other)).toBe(false)
    expect(isMine({ creatorMemberId: "member" })).toBe(false)
    const memberless = { ...manager("member"), memberId: undefined, by: principal() } as never
    expect(isOwnKey(directory, memberless, principal(undefined, { createdBy: "k" }))).toBe(true)
    expect(isOwnKey(directory, memberless, principal(undefined, { createdBy: "other" }))).toBe(false)
    expect(isOwnKey(directory, memberless, principal())).toBe(false)
  })
})

describe("what a key may manage", () => {
  test.each<[string, Partial<AskedKey>, string | undefined]>([
    ["reading beside calling", { details: { manage: "read" } }, undefined],
    ["writing beside calling", { details: { manage: "write" } }, "manage"],
    ["managing nothing", { kind: "management", details: { manage: "none" } }, "manage"],
    ["reading only", { kind: "management", details: { manage: "read" } }, undefined],
    ["a role without managing", { details: { role: "viewer" } }, "role"],
    ["a role beside a member's", { kind: "management", details: { role: "viewer" } }, "role"],
    ["a role of nobody's", { kind: "management", details: { owner: null, role: "viewer" } }, undefined],
  ])("%s", (_, more, param) => {
    expect(problemOf(() => detailsOfNew(grounds, owner, asked(more)))?.[1]).toBe(param)
  })

  test("a management key of an admin without a member is an admin's, not an owner's", () => {
    const made = detailsOfNew(grounds, { ...admin, memberId: undefined } as never, asked({ kind: "management" }))
    expect(made).toEqual({ role: "admin" })
  })

  test("a key never grants more than its maker has, whatever is asked for", () => {
    const anyOwner = fc.option(
      fc.constantFrom<KeyOwner>(
        ...[...roles, "second"].map((id): KeyOwner => ({ kind: "member", id })),
        { kind: "group", id: "red" },
        { kind: "service-account", id: "robot" },
      ),
    )
    const anyDetails = fc.record(
      {
        owner: anyOwner,
        manage: fc.constantFrom("none", "read", "write"),
        role: fc.option(fc.constantFrom(...roles)),
      },
      { requiredKeys: [] },
    ) as fc.Arbitrary<NonNullable<KeyPatch["details"]>>
    const anyMaker = fc
      .record({ role: fc.constantFrom<Role>("owner", "admin", "member"), hasMember: fc.boolean() })
      .map(({ role, hasMember }) => {
        const { memberId: _, ...rest } = manager(role)
        return hasMember ? manager(role) : rest
      })
    const rank = { none: 0, own: 1, all: 2 }
    const grantsMore = (by: KeyManager, kind: Principal["kind"], details: KeyDetails | undefined) => {
      if (manageLevel(principal(details, { kind })) === "none") return false
      const role = roleOfKey(directory, details)
      return (Object.keys(rights) as Right[]).some((right) => rank[rights[right][role]] > rank[rights[right][by.role]])
    }
    let made = 0
    const property = fc.property(
      anyMaker,
      fc.constantFrom<Principal["kind"]>("inference", "management"),
      anyDetails,
      anyDetails,
      (by, kind, first, second) => {
        let details: KeyDetails | undefined
        if (problemOf(() => (details = detailsOfNew(grounds, by, asked({ kind, details: first }))))) return
        made += 1
        expect(grantsMore(by, kind, details)).toBe(false)
        const key = principal(details, { kind })
        let after: KeyDetails | null = null
        if (problemOf(() => (after = detailsOfChanged(grounds, by, key, { details: second })))) return
        expect(grantsMore(by, kind, after ?? undefined)).toBe(false)
      },
    )
    fc.assert(property, { seed: 5, numRuns: 4000 })
    expect(made).toBeGreaterThan(500)
  })

  test("what may do more than somebody he neither changes nor gets a new token of", () => {
    const owners = principal({ ...of("member", "owner") }, { kind: "management" })
    expect(problemOf(() => requireCovered(grounds, admin, owners))?.[0]).toBe("forbidden")
    expect(problemOf(() => detailsOfChanged(grounds, admin, owners, { name: "x" }))?.[0]).toBe("forbidden")
    expect(problemOf(() => requireCovered(grounds, owner, owners))).toBeUndefined()
    expect(problemOf(() => requireCovered(grounds, admin, principal(of("member", "owner"))))).toBeUndefined()
  })
})

describe("a change", () => {
  test.each<[string, Principal, KeyPatch, string | undefined]>([
    ["a later end", principal(undefined, { expiresAtMs: NOW + 1 }), { expiresAtMs: NOW + 5 }, undefined],
    ["no end", principal(undefined, { expiresAtMs: NOW + 1 }), { expiresAtMs: null }, undefined],
    ["an end in the past", principal(), { expiresAtMs: NOW }, "expires_at"],
    [
      "a later end of what has ended",
      principal(undefined, { expiresAtMs: NOW }),
      { expiresAtMs: NOW + 5 },
      "expires_at",
    ],
    ["no end of what has ended", principal(undefined, { expiresAtMs: NOW }), { expiresAtMs: null }, "expires_at"],
    ["another name of what has ended", principal(undefined, { expiresAtMs: NOW }), { name: "x" }, undefined],
    ["the end that it has had", principal(undefined, { expiresAtMs: NOW - 5 }), { expiresAtMs: NOW - 5 }, undefined],
    ["another name where the group is gone", principal({ groupId: "gone" }), { name: "x" }, undefined],
    [
      "another owner where the group is gone",
      principal({ groupId: "gone" }),
      { details: of("member", "second") },
      "group_id",
    ],
  ])("%s", (_, before, change, param) => {
    expect(problemOf(() => detailsOfChanged(grounds, admin, before, change))?.[1]).toBe(param)
  })

  test("a member does not undo what admins decided of its key", () => {
    const mine = (details: KeyDetails, more: Partial<Principal> = {}) =>
      principal({ ...of("member", "member"), ...details }, more)
    const refused = (key: Principal, change: KeyPatch) =>
      problemOf(() => detailsOfChanged(grounds, member, key, change))
    expect(refused(mine({ accessListId: "guarded" }), { details: { accessListId: null } })?.[0]).toBe("forbidden")
    expect(refused(mine({ accessListId: "guarded" }), { details: { accessListId: "free" } })?.[0]).toBe("forbidden")
    expect(refused(mine({ accessListId: "guarded" }), { name: "x" })).toBeUndefined()
    expect(refused(mine({ storeBodies: true }), { details: { storeBodies: null } })?.[0]).toBe("forbidden")
    expect(refused(mine({}), { routing: { priority: 1 } })?.[0]).toBe("forbidden")
    expect(refused(mine({}, { routing: { priority: 3 } }), { routing: { priority: 2 } })).toBeUndefined()
    expect(refused(mine({}), { details: of("member", "second") })?.[0]).toBe("forbidden")
    expect(refused(mine({ rates: { requestsPerMinute: 500 } }), { details: { labels: { a: "b" } } })).toBeUndefined()
  })

  test("absent stays, null is taken away, nothing left is nothing", () => {
    const before = principal({ labels: { a: "1" }, externalUser: "u" })
    expect(detailsOfChanged(grounds, admin, before, { details: { labels: { b: "2" } } })).toEqual({
      labels: { b: "2" },
      externalUser: "u",
    })
    expect(detailsOfChanged(grounds, admin, before, { details: { labels: null, externalUser: null } })).toBeNull()
  })
})
