import type { Directory } from "../../accounts/directory/directory.ts"
import type { ObjectKind, ObjectKinds, Stored } from "../../accounts/directory/types.ts"
import { messageOf } from "../../contract/index.ts"

interface ObjectRow {
  readonly kind: string
  readonly id: string
  readonly body: string
  readonly createdAt: number
}

/** Members, groups, guardrails and all else as the store has them now. `rows` in the order in which they were made. */
export function recordedDirectory(
  rows: readonly ObjectRow[],
  warn: (text: string) => void,
): Pick<Directory, "get" | "list"> {
  const objects = new Map<string, Stored<ObjectKind>[]>()
  for (const { kind, id, body, createdAt } of rows)
    try {
      const object = { id, body: JSON.parse(body) as ObjectKinds[ObjectKind], createdAt }
      objects.set(kind, [...(objects.get(kind) ?? []), object])
    } catch (thrown) {
      warn(`the ${kind} ${id} cannot be read and is left out: ${messageOf(thrown)}`)
    }
  return {
    get: (kind, id) => objects.get(kind)?.find((object) => object.id === id) as never,
    list: (kind) => (objects.get(kind) ?? []) as never,
  }
}
