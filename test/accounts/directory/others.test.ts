import { describe, expect, test } from "bun:test"
import { addMember } from "../../../src/accounts/directory/members.ts"
import { changeOrganisation, organisationOf } from "../../../src/accounts/directory/organisation.ts"
import {
  addProject,
  changeProject,
  projectFor,
  projectsFor,
  removeProject,
} from "../../../src/accounts/directory/projects.ts"
import {
  addServiceAccount,
  changeServiceAccount,
  removeServiceAccount,
} from "../../../src/accounts/directory/service-accounts.ts"
import { configOf } from "../../kit/config.ts"
import { codeOf, directoryOf, keyOf, owner } from "./kit.ts"

describe("service accounts", () => {
  test("stay while a key of them could be used", () => {
    const { look, making, do: done } = directoryOf()
    const robot = done(addServiceAccount(look, { name: "robot" }, making))
    expect(robot).toMatch(/^sa_[0-9a-f]{32}$/)
    const details = { owner: { kind: "service-account", id: robot } } as const
    const active = keyOf("active", { details })
    const spent = [keyOf("off", { details, disabled: true }), keyOf("old", { details, expiresAtMs: 500 })]
    expect(codeOf(() => removeServiceAccount(look, robot, [active], 1000))).toBe("conflict")
    expect(codeOf(() => removeServiceAccount(look, robot, spent, 1000))).toBe("none")
    expect(codeOf(() => removeServiceAccount(look, robot, spent, 400))).toBe("conflict")
    expect(codeOf(() => removeServiceAccount(look, "sa_nothing", [], 1000))).toBe("not_found")
  })

  test("have names of their own and groups that are there", () => {
    const { look, making, do: done } = directoryOf()
    done(addServiceAccount(look, { name: "robot" }, making))
    const other = done(addServiceAccount(look, { name: "other" }, making))
    expect(codeOf(() => addServiceAccount(look, { name: "Robot" }, making))).toBe("conflict")
    expect(codeOf(() => changeServiceAccount(look, other, { name: "ROBOT" }))).toBe("conflict")
    expect(codeOf(() => changeServiceAccount(look, other, { groupId: "nothing" }))).toBe("invalid_request")
    done(changeServiceAccount(look, other, { limitNano: 5, limitReset: "daily" }))
    expect(look.get("service-account", other)?.body).toMatchObject({ name: "other", limitNano: 5, limitReset: "daily" })
  })
})

describe("projects", () => {
  test("the default one is always there, can be changed, and never goes", () => {
    const { look, do: done } = directoryOf()
    expect(projectsFor(look, owner).map(({ id }) => id)).toEqual(["default"])
    expect(codeOf(() => removeProject(look, "default", []))).toBe("conflict")
    done(changeProject(look, "default", { budgets: { daily: 7 } }))
    expect(projectFor(look, "default", owner).body).toMatchObject({ name: "Default", budgets: { daily: 7 } })
    expect(projectsFor(look, owner)).toHaveLength(1)
  })

  test("have slugs for addresses, made of their names", () => {
    const { look, making, do: done } = directoryOf()
    const id = done(addProject(look, { name: "Chat & More!" }, making))
    expect(projectFor(look, "chat-more", owner).id).toBe(id)
    expect(codeOf(() => addProject(look, { name: "other", slug: "chat-more" }, making))).toBe("conflict")
    expect(codeOf(() => addProject(look, { name: "other", slug: "default" }, making))).toBe("conflict")
    expect(codeOf(() => addProject(look, { name: "chat & more!" }, making))).toBe("conflict")
    for (const slug of ["", "A", "a b", "-a", "a-", "a/b", "__proto__"])
      expect(
        codeOf(() => addProject(look, { name: "other", slug }, making)),
        slug,
      ).toBe("invalid_request")
    // Nothing of its name can be in an address.
    expect(codeOf(() => addProject(look, { name: "日本" }, making))).toBe("invalid_request")
    expect(codeOf(() => changeProject(look, id, { slug: "default" }))).toBe("conflict")
    expect(codeOf(() => changeProject(look, id, { slug: "chat-more" }))).toBe("none")
  })

  test("stay while keys are in them, and take along what was made for them", () => {
    const { look, making, do: done } = directoryOf()
    const id = done(addProject(look, { name: "chat" }, making))
    const inside = keyOf("inside", { details: { projectId: id } })
    expect(codeOf(() => removeProject(look, id, [inside]))).toBe("conflict")
    done({
      id,
      steps: [
        { kind: "guardrail", id: "g", body: { name: "g", projectId: id } },
        { kind: "guardrail", id: "h", body: { name: "h" } },
        { kind: "guardrail-assignment", id: "key:k", body: { publicId: "1", guardrailId: "g", keyId: "k" } },
      ],
    })
    done(removeProject(look, id, [keyOf("outside")]))
    expect(look.list("project")).toEqual([])
    expect(look.list("guardrail").map(({ id }) => id)).toEqual(["h"])
    expect(look.list("guardrail-assignment")).toEqual([])
  })

  test("are not there for those who are not in them", () => {
    const { look, making, do: done } = directoryOf()
    const memberId = done(addMember(look, { email: "anna@example.test" }, owner, making))
    const closed = done(addProject(look, { name: "closed", memberIds: [] }, making))
    const open = done(addProject(look, { name: "open", memberIds: [memberId] }, making))
    const by = { role: "member", reach: "own", memberId } as const
    expect(projectsFor(look, by).map(({ id }) => id)).toEqual(["default", open])
    expect(codeOf(() => projectFor(look, closed, by))).toBe("not_found")
    expect(codeOf(() => addProject(look, { name: "x", memberIds: ["user_nobody"] }, making))).toBe("invalid_request")
  })
})

describe("the organisation", () => {
  test("is there before anybody has said anything of it", async () => {
    const { look } = directoryOf()
    expect(organisationOf(look, await configOf(undefined))).toEqual({
      body: { name: "signalbox", limitReset: "monthly" },
      ofFile: [],
    })
  })

  test("what the file says counts, and is not changed here", async () => {
    const config = await configOf(
      "organisation: { name: ACME, limit: 100, limit_reset: daily }\nrate_limits: { concurrency: 5 }",
    )
    const { look, do: done } = directoryOf()
    const refused = [
      { name: "other" },
      { limitNano: 5 },
      { limitNano: null },
      { limitReset: "never" },
      { rates: null },
    ] as const
    for (const change of refused) expect(codeOf(() => changeOrganisation(look, change, config))).toBe("conflict")
    done(changeOrganisation(look, { memberLimitNano: 7, suspended: true }, config))
    const { body, ofFile } = organisationOf(look, config)
    expect(body).toMatchObject({
      name: "ACME",
      limitNano: 100_000_000_000,
      limitReset: "daily",
      memberLimitNano: 7,
      suspended: true,
      rates: { concurrency: 5 },
    })
    expect(ofFile).toEqual(["name", "limitNano", "limitReset", "rates"])
  })

  test("its defaults are there", async () => {
    const config = await configOf(undefined)
    const { look } = directoryOf()
    for (const change of [{ accessListId: "x" }, { groupAccessListId: "x" }, { defaultGroupId: "x" }])
      expect(codeOf(() => changeOrganisation(look, change, config))).toBe("invalid_request")
  })
})
