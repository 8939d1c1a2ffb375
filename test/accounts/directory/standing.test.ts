import { expect, test } from "bun:test"
import { addGroup, addGroupMember, removeGroup, removeGroupMember } from "../../../src/accounts/directory/groups.ts"
import { addMember, changeMember, removeMember } from "../../../src/accounts/directory/members.ts"
import { changeOrganisation } from "../../../src/accounts/directory/organisation.ts"
import {
  addServiceAccount,
  changeServiceAccount,
  removeServiceAccount,
} from "../../../src/accounts/directory/service-accounts.ts"
import type { KeyDetails } from "../../../src/accounts/principal.ts"
import { ownerProblem } from "../../../src/accounts/standing/problem.ts"
import { standingOf } from "../../../src/accounts/standing/standing.ts"
import { configOf } from "../../kit/config.ts"
import { directoryOf, keyOf, owner } from "./kit.ts"

const config = await configOf(undefined)

function organisation() {
  const directory = directoryOf()
  const { look, making, do: done } = directory
  const anna = done(addMember(look, { email: "anna@example.test" }, owner, making))
  const first = done(addGroup(look, { name: "first" }, owner, making))
  const second = done(addGroup(look, { name: "second" }, owner, making))
  for (const group of [first, second]) done(addGroupMember(look, group, { memberId: anna }, owner, making))
  const standing = (details: KeyDetails) => standingOf(keyOf("k", { details }), look, config)
  return { ...directory, anna, first, second, standing, hers: { kind: "member", id: anna } as const }
}

test("a key spends the money of the group that it names while its member is in that, and then of the first one", () => {
  const { look, do: done, anna, first, second, standing, hers } = organisation()
  expect(standing({ owner: hers }).group?.id).toBe(first)
  expect(standing({ owner: hers, groupId: second }).group?.id).toBe(second)
  done(removeGroupMember(look, second, anna, owner))
  expect(standing({ owner: hers, groupId: second }).group?.id).toBe(first)
  done(removeGroup(look, first, owner, { keys: [], force: true }))
  expect(standing({ owner: hers, groupId: second }).group).toBeUndefined()
})

test("who is gone or disabled keeps nothing that his keys could do, whichever group they named", () => {
  const { look, making, do: done, anna, second, standing, hers } = organisation()
  const problems = () =>
    [standing({ owner: hers }), standing({ owner: hers, groupId: second })].map((one) => [
      one.problem?.code,
      ownerProblem(one.principal, one)?.code,
    ])
  const both = Array(2).fill(["account_restricted", "account_restricted"])
  done(changeMember(look, anna, { disabled: true }, owner))
  expect(problems()).toEqual(both)
  done(changeMember(look, anna, { disabled: false }, owner))
  expect(problems().flat()).toEqual([undefined, undefined, undefined, undefined])
  done(removeMember(look, anna, owner))
  expect(problems()).toEqual(both)

  const robot = done(addServiceAccount(look, { name: "robot", groupId: second }, making))
  const its = { owner: { kind: "service-account", id: robot }, groupId: second } as const
  expect(standing(its).problem).toBeUndefined()
  done(changeServiceAccount(look, robot, { disabled: true }))
  expect(standing(its).problem?.code).toBe("account_restricted")
  done(removeServiceAccount(look, robot, [], 0))
  expect(standing(its).problem?.code).toBe("account_restricted")
  done(removeGroup(look, second, owner, { keys: [], force: true }))
  expect(standing({ owner: { kind: "group", id: second } }).problem?.code).toBe("account_restricted")
})

test("a suspended organisation calls nothing and is still managed", () => {
  const { look, do: done, standing, hers } = organisation()
  done(changeOrganisation(look, { suspended: true }, config))
  for (const details of [{}, { owner: hers }]) {
    const one = standing(details)
    expect(one.problem?.code).toBe("account_restricted")
    expect(ownerProblem(one.principal, one)).toBeUndefined()
  }
})
