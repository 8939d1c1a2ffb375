import { describe, expect, test } from "bun:test"
import { addGroup, addGroupMember } from "../../../src/accounts/directory/groups.ts"
import {
  addMember,
  changeMember,
  memberFor,
  membersFor,
  removeMember,
} from "../../../src/accounts/directory/members.ts"
import { changeOrganisation } from "../../../src/accounts/directory/organisation.ts"
import { configOf } from "../../kit/config.ts"
import { administrator, codeOf, directoryOf, owner } from "./kit.ts"

const config = await configOf(undefined)

function organisationOfTwo() {
  const directory = directoryOf()
  const { look, making } = directory
  const anna = directory.do(addMember(look, { email: "anna@example.test", role: "owner" }, owner, making))
  const ben = directory.do(addMember(look, { email: "ben@example.test" }, owner, making))
  return { ...directory, anna, ben }
}

describe("members", () => {
  test("have e-mail addresses that are theirs alone, however they are spelled", () => {
    const { look, making, ben } = organisationOfTwo()
    expect(codeOf(() => addMember(look, { email: " ANNA@Example.test" }, owner, making))).toBe("conflict")
    expect(codeOf(() => changeMember(look, ben, { email: "Anna@example.test" }, owner))).toBe("conflict")
    expect(codeOf(() => changeMember(look, ben, { email: "BEN@example.test" }, owner))).toBe("none")
    expect(memberFor(look, "Ben@Example.Test", owner).id).toBe(ben)
  })

  test.each(["", "anna", "anna@", "@example.test", "a b@example.test", "anna@example.test,ben@example.test", "<a@b>"])(
    "are not reached at %p",
    (email) => {
      const { look, making } = directoryOf()
      expect(codeOf(() => addMember(look, { email }, owner, making))).toBe("invalid_request")
    },
  )

  test("are members and limited by the month unless somebody says otherwise", () => {
    const { look, ben } = organisationOfTwo()
    expect(look.get("member", ben)?.body).toMatchObject({ role: "member", limitReset: "monthly" })
    expect(ben).toMatch(/^user_[0-9a-f]{32}$/)
  })

  test("the last owner stays one, and works", () => {
    const { look, anna, ben, do: done } = organisationOfTwo()
    expect(codeOf(() => removeMember(look, anna, owner))).toBe("conflict")
    expect(codeOf(() => changeMember(look, anna, { role: "admin" }, owner))).toBe("conflict")
    expect(codeOf(() => changeMember(look, anna, { disabled: true }, owner))).toBe("conflict")
    done(changeMember(look, ben, { role: "owner" }, owner))
    expect(codeOf(() => removeMember(look, anna, owner))).toBe("none")
    done(changeMember(look, ben, { disabled: true }, owner))
    // An owner who is disabled is nobody to rely on.
    expect(codeOf(() => removeMember(look, anna, owner))).toBe("conflict")
  })

  test("only owners make, change and remove owners", () => {
    const { look, making, anna, ben, do: done } = organisationOfTwo()
    done(addMember(look, { email: "second@example.test", role: "owner" }, owner, making))
    const refused = [
      () => addMember(look, { email: "new@example.test", role: "owner" }, administrator, making),
      () => changeMember(look, ben, { role: "owner" }, administrator),
      () => changeMember(look, anna, { role: "member" }, administrator),
      () => changeMember(look, anna, { email: "mine@example.test" }, administrator),
      () => changeMember(look, anna, { disabled: true }, administrator),
      () => removeMember(look, anna, administrator),
      () => addMember(look, { email: "x@example.test" }, { role: "viewer", reach: "all" }, making),
    ]
    expect(refused.map(codeOf)).toEqual(refused.map(() => "forbidden"))
    expect(codeOf(() => changeMember(look, ben, { role: "admin" }, administrator))).toBe("none")
    expect(codeOf(() => removeMember(look, ben, administrator))).toBe("none")
  })

  test("see themselves alone where a right goes no further", () => {
    const { look, anna, ben } = organisationOfTwo()
    const own = { role: "member", reach: "own", memberId: ben } as const
    expect(membersFor(look, own).map(({ id }) => id)).toEqual([ben])
    expect(memberFor(look, ben, own).id).toBe(ben)
    expect(codeOf(() => memberFor(look, anna, own))).toBe("not_found")
    expect(codeOf(() => memberFor(look, "anna@example.test", own))).toBe("not_found")
    expect(membersFor(look, { role: "member", reach: "own" })).toEqual([])
  })

  test("who goes leaves groups, projects and the guardrail that was his", () => {
    const { look, making, ben, do: done } = organisationOfTwo()
    const group = done(addGroup(look, { name: "dev" }, owner, making))
    done(addGroupMember(look, group, { memberId: ben }, owner, making))
    const project = { name: "p", slug: "p", budgets: {}, memberIds: [ben] }
    const assignment = { publicId: "x", guardrailId: "g", memberId: ben }
    done({
      id: "",
      steps: [
        { kind: "project", id: "p", body: project },
        { kind: "guardrail-assignment", id: `member:${ben}`, body: assignment },
      ],
    })
    done(removeMember(look, ben, owner))
    expect(look.get("group", group)?.body.members).toEqual([])
    expect(look.get("project", "p")?.body.memberIds).toEqual([])
    expect(look.list("guardrail-assignment")).toEqual([])
  })

  test("new ones land in the default group", () => {
    const { look, making, do: done } = organisationOfTwo()
    const group = done(addGroup(look, { name: "dev" }, owner, making))
    done(changeOrganisation(look, { defaultGroupId: group }, config))
    const carla = done(addMember(look, { email: "carla@example.test" }, owner, making))
    expect(look.get("group", group)?.body.members.map(({ memberId }) => memberId)).toEqual([carla])
  })
})
