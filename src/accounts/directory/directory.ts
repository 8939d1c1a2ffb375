import { max } from "drizzle-orm"
import { createTurns } from "../../contract/in-turn.ts"
import { GatewayError, type Logger, messageOf } from "../../contract/index.ts"
import type { Statement } from "../../store/executor.ts"
import type { Store } from "../../store/open-store.ts"
import { auditLog, objects as table } from "../../store/schema.ts"
import { type Actor, auditStatement } from "../audit/audit.ts"
import { change, lineOnRecord, unlessOvertaken } from "../rivals.ts"
import { shown } from "./shown.ts"
import type { ObjectChange, ObjectKind, ObjectKinds, Stored } from "./types.ts"

/** Who is in the organisation, and what is decided about them. Read from memory; a change holds when it is on the disk, and then at once. */
export interface Directory {
  /** Grows with every change. */
  readonly version: number
  get<Kind extends ObjectKind>(kind: Kind, id: string): Stored<Kind> | undefined
  /** Oldest first. The same array until one of this kind changes. */
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
  const inTurn = createTurns()

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
  /** The last of the lines in the audit log has `line` as its id. */
  const statementsOf = ({ steps, action }: ChangePlan, by: Actor, now: number, line: string): Statement[] =>
    steps.flatMap(({ kind, id, body }, index) => {
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
        auditStatement(entry, by, now, index === steps.length - 1 ? line : newId()),
      ]
    })
  const lookAgain = async (): Promise<boolean> => {
    if ((await newestNumber()) === seen) return false
    await read()
    onChange()
    return true
  }
  const commit = async (statements: readonly Statement[]): Promise<void> => {
    if (statements.length > 0) await store.writer.commit(statements)
  }
  const rivals = { look: lookAgain, isOnRecord: (line: string) => lineOnRecord(store, line) }

  await read()
  return {
    get version() {
      return version
    },
    get: (kind, id) => kinds.get(kind)?.get(id) as never,
    list: (kind) => listOf(kinds.get(kind)) as never,
    change: (by, plan) =>
      inTurn(async () => {
        if (shared) await lookAgain()
        return change({ commit, newLine: newId }, shared ? rivals : undefined, async (line) => {
          const planned = plan()
          const now = clock.now()
          const { steps, beside = [] } = planned
          const statements = [...statementsOf(planned, by, now, line), ...beside]
          return {
            result: planned,
            statements: shared && steps.length > 0 ? [unlessOvertaken(seen, line), ...statements] : statements,
            apply() {
              if (statements.length === 0) return
              kinds = applied(steps, by, now)
              version += 1
              onChange()
            },
          }
        })
      }),
    refresh: () => inTurn(lookAgain),
  }
}

const nothing: readonly AnyStored[] = Object.freeze([])
const lists = new WeakMap<ReadonlyMap<string, AnyStored>, readonly AnyStored[]>()

/** The same list until something in it changes, which makes another map: so what is worked out of it can be kept. */
function listOf(objects: ReadonlyMap<string, AnyStored> | undefined): readonly AnyStored[] {
  if (objects === undefined) return nothing
  let list = lists.get(objects)
  if (list === undefined) {
    list = Object.freeze([...objects.values()])
    lists.set(objects, list)
  }
  return list
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
