import { max } from "drizzle-orm"
import { GatewayError, type Logger, messageOf } from "../../contract/index.ts"
import type { Statement } from "../../store/executor.ts"
import type { Store } from "../../store/open-store.ts"
import { auditLog, objects as table } from "../../store/schema.ts"
import { type Actor, auditStatement } from "../audit/audit.ts"
import { shown } from "./shown.ts"
import type { ObjectChange, ObjectKind, ObjectKinds, Stored } from "./types.ts"

/** Who is in the organisation, and what is decided about them. Read from memory; a change holds when it is on the disk, and then at once. */
export interface Directory {
  /** Grows with every change. */
  readonly version: number
  get<Kind extends ObjectKind>(kind: Kind, id: string): Stored<Kind> | undefined
  /** Oldest first. */
  list<Kind extends ObjectKind>(kind: Kind): readonly Stored<Kind>[]
  /**
   * Changes of all callers follow one another. `plan` looks at what holds when its turn has come, and gives the steps, all of which hold
   * together or not at all; a throw refuses the change. `beside` goes into the same transaction.
   */
  change<Plan extends ChangePlan>(by: Actor, plan: () => Plan): Promise<Plan>
  /** Takes over what other gateways of the same store changed meanwhile; cheap when that is nothing. True when there was something. */
  refresh(): Promise<boolean>
}

export interface ChangePlan {
  readonly steps: readonly ObjectChange[]
  /** In the audit log in place of `create`, `update`, `delete`. */
  readonly action?: string
  readonly beside?: readonly Statement[]
}

export interface DirectoryOptions {
  readonly store: Pick<Store, "read" | "writer">
  readonly clock: { now(): number }
  readonly log: Logger
  readonly newId: () => string
  /** Other gateways may write to the store as well: a change begins with a look at what they did. */
  readonly shared?: boolean
  /** Called after each change. */
  readonly onChange: () => void
}

type AnyStored = Stored<ObjectKind>

const upsert = `insert into objects (kind, id, body, created_at, updated_at, created_by, created_by_member) values (?, ?, ?, ?, ?, ?, ?)
on conflict (kind, id) do update set body = excluded.body, updated_at = excluded.updated_at`

const remove = "delete from objects where kind = ? and id = ?"

export async function openDirectory(options: DirectoryOptions): Promise<Directory> {
  const { store, clock, log, newId, shared = false, onChange } = options
  let kinds = new Map<string, Map<string, AnyStored>>()
  let version = 0
  let seen = 0
  let changes: Promise<unknown> = Promise.resolve()

  const newestNumber = async (): Promise<number> => {
    const [row] = await store.read.select({ newest: max(auditLog.number) }).from(auditLog)
    return row?.newest ?? 0
  }
  const read = async (): Promise<void> => {
    // First, so that what is changed in between is looked at again.
    const newest = await newestNumber()
    const next = new Map<string, Map<string, AnyStored>>()
    for (const row of await store.read.select().from(table).orderBy(table.createdAt, table.id)) {
      try {
        place(next, row.kind, {
          id: row.id,
          body: Object.freeze(JSON.parse(row.body)) as ObjectKinds[ObjectKind],
          createdAt: row.createdAt,
          ...(row.updatedAt === null ? {} : { updatedAt: row.updatedAt }),
          ...(row.createdBy === null ? {} : { createdBy: row.createdBy }),
          ...(row.createdByMember === null ? {} : { createdByMember: row.createdByMember }),
        })
      } catch (thrown) {
        log.error("an object of the store cannot be read and is left out", {
          kind: row.kind,
          id: row.id,
          error: messageOf(thrown),
        })
      }
    }
    kinds = next
    seen = newest
    version += 1
  }
  const applied = (steps: readonly ObjectChange[], by: Actor, now: number): Map<string, Map<string, AnyStored>> => {
    const next = new Map(kinds)
    for (const kind of new Set(steps.map(({ kind }) => kind))) next.set(kind, new Map(kinds.get(kind)))
    for (const { kind, id, body } of steps) {
      const before = kinds.get(kind)?.get(id)
      if (body === undefined) next.get(kind)!.delete(id)
      else place(next, kind, stored(id, body, before, by, now))
    }
    return next
  }
  const statementsOf = ({ steps, action }: ChangePlan, by: Actor, now: number): Statement[] =>
    steps.flatMap(({ kind, id, body }) => {
      const before = kinds.get(kind)?.get(id)
      if (body === undefined && before === undefined) throw new GatewayError("not_found", `There is no such ${kind}.`)
      const after = body && stored(id, body, before, by, now)
      const entry = {
        action: action ?? (after === undefined ? "delete" : before === undefined ? "create" : "update"),
        kind,
        id,
        before: before ? shown(kind, before.body) : null,
        after: after ? shown(kind, after.body) : null,
      }
      return [
        after
          ? {
              sql: upsert,
              args: [
                kind,
                id,
                JSON.stringify(after.body),
                after.createdAt,
                after.updatedAt ?? null,
                after.createdBy ?? null,
                after.createdByMember ?? null,
              ],
            }
          : { sql: remove, args: [kind, id] },
        auditStatement(entry, by, now, newId()),
      ]
    })
  const lookAgain = async (): Promise<boolean> => {
    if ((await newestNumber()) === seen) return false
    await read()
    onChange()
    return true
  }
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = changes.then(work)
    changes = result.catch(() => undefined)
    return result
  }

  await read()
  return {
    get version() {
      return version
    },
    get: (kind, id) => kinds.get(kind)?.get(id) as never,
    list: (kind) => [...(kinds.get(kind)?.values() ?? [])] as never,
    change: (by, plan) =>
      inTurn(async () => {
        if (shared) await lookAgain()
        const planned = plan()
        if (planned.steps.length === 0 && !planned.beside?.length) return planned
        const now = clock.now()
        await store.writer.commit([...statementsOf(planned, by, now), ...(planned.beside ?? [])])
        kinds = applied(planned.steps, by, now)
        version += 1
        onChange()
        return planned
      }),
    refresh: () => inTurn(lookAgain),
  }
}

function place(kinds: Map<string, Map<string, AnyStored>>, kind: string, object: AnyStored): void {
  const known = kinds.get(kind)
  if (known) known.set(object.id, Object.freeze(object))
  else kinds.set(kind, new Map([[object.id, Object.freeze(object)]]))
}

const stored = (
  id: string,
  body: ObjectKinds[ObjectKind],
  before: AnyStored | undefined,
  by: Actor,
  now: number,
): AnyStored =>
  before
    ? { ...before, body: Object.freeze(body), updatedAt: now }
    : {
        id,
        body: Object.freeze(body),
        createdAt: now,
        ...(by.keyId === undefined ? {} : { createdBy: by.keyId }),
        ...(by.memberId === undefined ? {} : { createdByMember: by.memberId }),
      }
