import { describe, expect, test } from "bun:test"
import {
  addGroup,
  addGroupMember,
  changeGroup,
  changeGroupMember,
  groupFor,
  groupMembers,
  groupsFor,
  removeGroup,
  removeGroupMember,
} from "../../../src/accounts/directory/groups.ts"
import { addMember } from "../../../src/accounts/directory/members.ts"
import { changeOrganisation } from "../../../src/accounts/directory/organisation.ts"
import { addServiceAccount } from "../../../src/accounts/directory/service-accounts.ts"
import { configOf } from "../../kit/config.ts"
import { administrator, codeOf, directoryOf, keyOf, owner } from "./kit.ts"

const config = await configOf(undefined)

function groupOfTwo() {
  const directory = directoryOf()
  const { look, making, do: done } = directory
  const anna = done(addMember(look, { email: "anna@example.test" }, owner, making))
  const ben = done(addMember(look, { email: "ben@example.test" }, owner, making))
  const carla = done(addMember(look, { email: "carla@example.test" }, owner, making))
  const group = done(addGroup(look, { name: "Dev" }, owner, making))
  done(addGroupMember(look, group, { memberId: anna, role: "admin" }, owner, making))
  done(addGroupMember(look, group, { memberId: ben, limitNano: 5 }, owner, making))
  const as = (memberId: string) => ({ role: "member", reach: "own", memberId }) as const
  return { ...directory, group, anna, ben, carla, as }
}

describe("groups", () => {
  test("have names of their own", () => {
    const { look, making, group, do: done } = groupOfTwo()
    expect(codeOf(() => addGroup(look, { name: " dev " }, owner, making))).toBe("conflict")
    const other = done(addGroup(look, { name: "Ops" }, owner, making))
    expect(codeOf(() => changeGroup(look, other, { name: "DEV" }, owner))).toBe("conflict")
    expect(codeOf(() => changeGroup(look, group, { name: "DEV" }, owner))).toBe("none")
  })

  test("hold a member once, in the order of joining, with role and limit", () => {
    const { look, making, group, anna, ben } = groupOfTwo()
    expect(codeOf(() => addGroupMember(look, group, { memberId: ben }, owner, making))).toBe("conflict")
    expect(codeOf(() => addGroupMember(look, group, { memberId: "user_nobody" }, owner, making))).toBe(
      "invalid_request",
    )
    expect(groupMembers(look, look.get("group", group)!)).toMatchObject([
      { memberId: anna, role: "admin" },
      { memberId: ben, role: "member", limitNano: 5 },
    ])
  })

  test("roles and limits in them change and go", () => {
    const { look, group, ben, do: done } = groupOfTwo()
    done(changeGroupMember(look, group, ben, { role: "admin", limitNano: null }, owner))
    const [, changed] = look.get("group", group)!.body.members
    expect(changed).toEqual({ memberId: ben, role: "admin", joinedAt: expect.any(Number) })
    done(removeGroupMember(look, group, ben, owner))
    expect(look.get("group", group)?.body.members).toHaveLength(1)
    expect(codeOf(() => removeGroupMember(look, group, ben, owner))).toBe("not_found")
    expect(codeOf(() => changeGroupMember(look, group, ben, { role: "admin" }, owner))).toBe("not_found")
  })

  test("are not there for those who are not in them", () => {
    const { look, making, group, anna, carla, as } = groupOfTwo()
    const outside = [
      () => groupFor(look, group, as(carla)),
      () => changeGroup(look, group, { name: "mine" }, as(carla)),
      () => addGroupMember(look, group, { memberId: carla }, as(carla), making),
      () => removeGroupMember(look, group, anna, as(carla)),
      () => removeGroup(look, group, as(carla), { keys: [] }),
    ]
    expect(outside.map(codeOf)).toEqual(outside.map(() => "not_found"))
    expect(groupsFor(look, as(carla))).toEqual([])
    expect(groupsFor(look, as(anna))).toHaveLength(1)
  })

  test("are seen by their members and changed by their admins, but for what is decided above them", () => {
    const { look, making, group, anna, ben, carla, as } = groupOfTwo()
    expect(groupFor(look, group, as(ben)).id).toBe(group)
    const forbidden = [
      () => changeGroup(look, group, { description: "ours" }, as(ben)),
      () => addGroupMember(look, group, { memberId: carla }, as(ben), making),
      () => changeGroupMember(look, group, ben, { role: "admin" }, as(ben)),
      () => addGroup(look, { name: "mine" }, as(anna), making),
      () => removeGroup(look, group, as(anna), { keys: [] }),
      () => changeGroup(look, group, { limitNano: 100 }, as(anna)),
      () => changeGroup(look, group, { limitNano: null }, as(anna)),
      () => changeGroup(look, group, { memberLimitNano: 7 }, as(anna)),
      () => changeGroup(look, group, { rates: { concurrency: 9 } }, as(anna)),
      () => changeGroup(look, group, { accessListIds: null }, as(anna)),
    ]
    expect(forbidden.map(codeOf)).toEqual(forbidden.map(() => "forbidden"))
    const allowed = [
      () => changeGroup(look, group, { description: "ours", name: "Team" }, as(anna)),
      () => addGroupMember(look, group, { memberId: carla }, as(anna), making),
      () => changeGroupMember(look, group, ben, { role: "admin" }, as(anna)),
      () => removeGroupMember(look, group, ben, as(anna)),
      () => changeGroup(look, group, { limitNano: 100 }, administrator),
    ]
    expect(allowed.map(codeOf)).toEqual(allowed.map(() => "none"))
  })

  test("stay while keys and service accounts belong to them, unless forced", () => {
    const { look, making, group, anna, do: done } = groupOfTwo()
    const own = keyOf("own", { details: { owner: { kind: "group", id: group } } })
    const spends = keyOf("spends", { details: { owner: { kind: "member", id: anna }, groupId: group } })
    const other = keyOf("other", { details: { groupId: "another" } })
    expect(codeOf(() => removeGroup(look, group, owner, { keys: [own] }))).toBe("conflict")
    expect(codeOf(() => removeGroup(look, group, owner, { keys: [spends] }))).toBe("conflict")
    expect(codeOf(() => removeGroup(look, group, owner, { keys: [other] }))).toBe("none")
    const robot = done(addServiceAccount(look, { name: "robot", groupId: group }, making))
    expect(codeOf(() => removeGroup(look, group, owner, { keys: [] }))).toBe("conflict")
    done(changeOrganisation(look, { defaultGroupId: group }, config))
    done(removeGroup(look, group, owner, { keys: [own, spends], force: true }))
    expect(look.get("service-account", robot)?.body.groupId).toBeUndefined()
    expect(look.get("organisation", "organisation")?.body.defaultGroupId).toBeUndefined()
    expect(look.list("group")).toEqual([])
  })

  test("have lists that are there", () => {
    const { look, making, group } = groupOfTwo()
    const lists = { accessListIds: ["nothing"] }
    expect(codeOf(() => addGroup(look, { name: "x", ...lists }, owner, making))).toBe("invalid_request")
    expect(codeOf(() => changeGroup(look, group, lists, owner))).toBe("invalid_request")
  })
})
