import { expect, test } from "bun:test"
import type { Directory } from "../../../src/accounts/directory/directory.ts"
import type { ObjectKinds } from "../../../src/accounts/directory/types.ts"
import type { Principal } from "../../../src/accounts/principal.ts"
import { createStandings } from "../../../src/accounts/standing/standing.ts"
import { contentFiltersOf } from "../../../src/pipeline/content-filters/filters.ts"
import { configOf } from "../../kit/config.ts"

const config = await configOf(undefined)

type Kinds = { readonly [Kind in keyof ObjectKinds]?: Readonly<Record<string, ObjectKinds[Kind]>> }

/** A directory that gives the same list until it is another one, and counts how often somebody reads through a list. */
function directoryOf(kinds: Kinds) {
  const read = { groups: 0, guardrails: 0 }
  const stored = new Map(
    Object.entries(kinds).map(([kind, objects]) => [
      kind,
      Object.entries(objects).map(([id, body]) => ({ id, body, createdAt: 0 })),
    ]),
  )
  const counted = (kind: string, note: () => void) => {
    const list = stored.get(kind) ?? []
    return new Proxy(list, {
      get(target, name) {
        if (name === Symbol.iterator || name === "filter") note()
        return Reflect.get(target, name)
      },
    })
  }
  const lists = new Map<string, unknown>([
    ["group", counted("group", () => (read.groups += 1))],
    ["guardrail", counted("guardrail", () => (read.guardrails += 1))],
  ])
  const directory = {
    get: (kind: string, id: string) => stored.get(kind)?.find((one) => one.id === id),
    list: (kind: string) => lists.get(kind) ?? stored.get(kind) ?? [],
  } as unknown as Pick<Directory, "get" | "list">
  return { directory, read }
}

const keyOf = (id: string, memberId: string): Principal => ({
  keyId: id,
  name: id,
  label: id,
  kind: "inference",
  limitReset: "never",
  strict: false,
  disabled: false,
  source: "store",
  createdAtMs: 0,
  details: { owner: { kind: "member", id: memberId } },
})

const member = { email: "a@example.com", role: "member", limitReset: "never" } as const
const joined = (memberId: string, joinedAt: number) => ({ memberId, role: "member", joinedAt }) as const
const guardrail = { name: "no secrets", contentFilters: [{ pattern: "secret", action: "redact" }] } as const

test("lists of the directory are read through once, however many keys there are", () => {
  const { directory, read } = directoryOf({
    member: { one: member, two: member },
    group: {
      late: { name: "late", limitReset: "never", members: [joined("one", 2)] },
      early: { name: "early", limitReset: "never", members: [joined("two", 1), joined("one", 1)] },
    },
    guardrail: {
      usual: { ...guardrail, isDefault: true },
      other: { name: "no words", contentFilters: [{ pattern: "word", action: "redact" }] },
    },
    "guardrail-assignment": { "member:one": { publicId: "p", guardrailId: "other", memberId: "one" } },
  })
  const standings = createStandings({ directory: () => directory, config: () => config })
  const [first, second, third] = [keyOf("a", "one"), keyOf("b", "one"), keyOf("c", "two")].map(standings.of)
  expect(first!.groups.map(({ id }) => id)).toEqual(["early", "late"])
  expect(third!.groups.map(({ id }) => id)).toEqual(["early"])
  expect(first!.guardrails.map(({ id, scope }) => [id, scope])).toEqual([
    ["usual", "workspace"],
    ["other", "member"],
  ])
  expect(third!.guardrails.map(({ id }) => id)).toEqual(["usual"])
  expect(read).toEqual({ groups: 1, guardrails: 1 })
  // What governs many is one object, and its patterns are compiled once.
  expect(second!.guardrails[1]).toBe(first!.guardrails[1]!)
  expect(contentFiltersOf(third!)[0]).toBe(contentFiltersOf(first!)[0]!)
})
