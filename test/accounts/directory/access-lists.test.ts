import { expect, test } from "bun:test"
import {
  addAccessList,
  attachedTo,
  changeAccessList,
  joinLists,
  modalityOf,
  removeAccessList,
} from "../../../src/accounts/directory/access-lists.ts"
import type { Principal } from "../../../src/accounts/principal.ts"
import { directoryOf } from "./kit.ts"

const key = (accessListId: string) => ({ name: "one", details: { accessListId } }) as unknown as Principal

test("a list is made of what is said of it, and changed modality by modality", () => {
  const { look, making, do: apply } = directoryOf()
  const id = apply(
    addAccessList(look, { name: " interns ", chat: ["a/b", " a/b ", "c/*"], embedding: ["e/f"] }, making),
  )
  const empty = { autoApprove: false, image: [], transcription: [], speech: [] }
  expect(look.get("access-list", id)?.body).toEqual({
    name: "interns",
    ...empty,
    chat: ["a/b", "c/*"],
    embedding: ["e/f"],
  })
  apply(changeAccessList(look, id, { embedding: [], restricted: true }))
  expect(look.get("access-list", id)?.body).toEqual({
    name: "interns",
    ...empty,
    chat: ["a/b", "c/*"],
    embedding: [],
    restricted: true,
  })
  expect(() => addAccessList(look, { name: " " }, making)).toThrow("name")
  expect(() => changeAccessList(look, "gone", {})).toThrow("no access list")
})

test("what is attached is not deleted, unless somebody insists", () => {
  const { look, making, do: apply } = directoryOf()
  const id = apply(addAccessList(look, { name: "l" }, making))
  const group = { name: "g", limitReset: "never", members: [], accessListIds: [id] } as const
  const all = { name: "all", limitReset: "never", accessListId: id, groupAccessListId: id } as const
  expect(() => removeAccessList(look, id, { keys: [key(id)] })).toThrow('1 key ("one")')
  apply({
    id,
    steps: [
      { kind: "group", id: "g", body: group },
      { kind: "organisation", id: "organisation", body: all },
    ],
  })
  expect(attachedTo(look, id, [key(id), key("other")])).toMatchObject({
    keys: [{ name: "one" }],
    groups: [{ id: "g" }],
    organisation: true,
  })
  expect(() => removeAccessList(look, id, { keys: [] })).toThrow("1 group, the organisation")
  apply(removeAccessList(look, id, { keys: [key(id)], force: true }))
  expect(look.get("access-list", id)).toBeUndefined()
  expect(look.get("group", "g")?.body.accessListIds).toBeUndefined()
  expect(look.get("organisation", "organisation")?.body).toEqual({ name: "all", limitReset: "never" })
})

test("new models join the lists that want them, once", () => {
  const { look, making, do: apply } = directoryOf()
  const open = apply(addAccessList(look, { name: "open", autoApprove: true, chat: ["a/b"] }, making))
  const closed = apply(addAccessList(look, { name: "closed", chat: ["a/b"] }, making))
  const models = [
    { name: "a/b", modality: modalityOf("chat") },
    { name: "a/new", modality: modalityOf(undefined) },
    { name: "a/embed", modality: modalityOf("embeddings") },
    { name: "a/rank", modality: modalityOf("rerank") },
  ]
  apply({ id: open, ...joinLists(look, models) })
  expect(look.get("access-list", open)?.body).toMatchObject({
    chat: ["a/b", "a/new", "a/rank"],
    embedding: ["a/embed"],
  })
  expect(look.get("access-list", closed)?.body.chat).toEqual(["a/b"])
  expect(joinLists(look, models).steps).toEqual([])
})
