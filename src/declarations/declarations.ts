import { asc, max } from "drizzle-orm"
import { createTurns } from "../contract/in-turn.ts"
import { GatewayError, type Json, type Logger, messageOf } from "../contract/index.ts"
import type { Statement } from "../store/executor.ts"
import type { Store } from "../store/open-store.ts"
import { declarations as table } from "../store/schema.ts"
import { type Declaration, type DeclarationKind, type DeclarationRow, type Declared, declaredOf } from "./declared.ts"

export interface Change {
  readonly kind: DeclarationKind
  readonly name: string
  /** Absent: it is deleted. */
  readonly body?: Json
  /** Id of the key that changes it. */
  readonly by?: string
  /** Looks at what holds when this change's turn has come. A throw refuses it. */
  readonly check?: (declared: Declared) => void
  /** The line of the audit log, for the change's own transaction; it is the statement right behind the change, which may come too late. */
  readonly audit?: (before: Json | undefined, after: Json | undefined) => Statement
}

/** What the API declares about routing. Read from memory; a change holds when it is on the disk, and then at once. */
export interface Declarations {
  readonly current: Declared
  /** Those that hold, by name: the newest version of each. */
  list(kind: DeclarationKind): readonly Declaration[]
  /** Of presets every version since it was last made anew, oldest first, of others the one that holds; empty where there is none. */
  versions(kind: DeclarationKind, name: string): readonly Declaration[]
  put(change: Change & { readonly body: Json }): Promise<Declaration>
  /** False where there was none. */
  remove(change: Omit<Change, "body">): Promise<boolean>
  /** Takes over what other gateways of the same store changed meanwhile; cheap when that is nothing. True when there was something. */
  refresh(): Promise<boolean>
}

export interface DeclarationsOptions {
  readonly store: Pick<Store, "read" | "writer">
  readonly clock: { now(): number }
  readonly log: Logger
  /** Called after each change, with what holds now. */
  readonly onChange: (declared: Declared) => void
}

/** A gateway that knows an older version than the newest one writes nothing: what it was about to replace has been replaced already. */
const insert = `insert into declarations (kind, name, version, body, created_at, created_by) select ?1, ?2, ?3, ?4, ?5, ?6
where not exists (select 1 from declarations where kind = ?1 and name = ?2 and version >= ?3)`

const forget = "delete from declarations where kind = ? and name = ? and version < ?"

/** Presets may be asked for by their version. Of everything else, and of what is deleted, nobody asks for what was before. */
const endsHistory = ({ kind, body }: Pick<DeclarationRow, "kind" | "body">): boolean =>
  kind !== "preset" || body === undefined

/** What earlier runs, or other gateways, declared. */
export async function openDeclarations(options: DeclarationsOptions): Promise<Declarations> {
  const { store, clock, log, onChange } = options
  /** All rows by kind and name, oldest first. */
  let rows = new Map<string, DeclarationRow[]>()
  /** Also of those that cannot be read: what is put in their place comes after them. */
  let newest = new Map<string, number>()
  let current = declaredOf([], () => {})
  /** Changes follow one another, so that none is checked against what another is about to replace. */
  const inTurn = createTurns()

  const unreadable = ({ kind, name, version }: DeclarationRow, thrown: unknown) =>
    log.error("a declaration cannot be read and is left out", { kind, name, version, error: messageOf(thrown) })
  const read = async () => {
    const stored = await store.read.select().from(table).orderBy(asc(table.version))
    rows = new Map()
    newest = new Map()
    for (const { body, createdBy, ...row } of stored) {
      newest.set(keyOf(row), row.version)
      try {
        const made = createdBy === null ? {} : { createdBy }
        add({ ...row, body: body === null ? undefined : (JSON.parse(body) as Json), ...made })
      } catch (thrown) {
        unreadable({ ...row, body: undefined }, thrown)
      }
    }
    current = declaredOf([...rows.values()].flat(), unreadable)
  }
  const add = (row: DeclarationRow): void => {
    newest.set(keyOf(row), row.version)
    const known = rows.get(keyOf(row))
    if (known && !endsHistory(row)) known.push(row)
    else rows.set(keyOf(row), [row])
  }
  const versions = (kind: DeclarationKind, name: string): readonly Declaration[] => {
    const all = rows.get(keyOf({ kind, name })) ?? []
    return all.slice(all.findLastIndex(({ body }) => body === undefined) + 1) as Declaration[]
  }
  const write = async (change: Change): Promise<DeclarationRow> => {
    const { kind, name, body, by } = change
    const version = (newest.get(keyOf(change)) ?? 0) + 1
    const row: DeclarationRow = {
      kind,
      name,
      version,
      body,
      createdAt: clock.now(),
      ...(by === undefined ? {} : { createdBy: by }),
    }
    const text = body === undefined ? null : JSON.stringify(body)
    const before = versions(kind, name).at(-1)?.body
    const [written] = await store.writer.commit([
      { sql: insert, args: [kind, name, version, text, row.createdAt, by ?? null] },
      ...(change.audit ? [change.audit(before, body)] : []),
      ...(endsHistory(row) ? [{ sql: forget, args: [kind, name, version] }] : []),
    ])
    if (written === 0) await settleConflict(row)
    else {
      add(row)
      current = declaredOf([...rows.values()].flat(), unreadable)
    }
    onChange(current)
    return row
  }
  /** The version is taken: by a try of ours whose answer got lost, or by another gateway. */
  const settleConflict = async (row: DeclarationRow): Promise<void> => {
    await read()
    const stored = rows.get(keyOf(row))?.find(({ version }) => version === row.version)
    if (stored?.createdAt === row.createdAt && stored.createdBy === row.createdBy) return
    onChange(current)
    throw new GatewayError(
      "conflict",
      `"${row.name}" was changed at the same time elsewhere. Look at it and try again.`,
    )
  }
  const isBehind = async (): Promise<boolean> => {
    const stored = await store.read
      .select({ kind: table.kind, name: table.name, version: max(table.version) })
      .from(table)
      .groupBy(table.kind, table.name)
    return stored.some((row) => newest.get(keyOf(row)) !== row.version)
  }

  await read()
  return {
    get current() {
      return current
    },
    list: (kind) =>
      [...rows.values()].flatMap(([first]) => {
        const newest = first?.kind === kind ? versions(kind, first.name).at(-1) : undefined
        return newest ?? []
      }),
    versions,
    put: (change) =>
      inTurn(async () => {
        change.check?.(current)
        return (await write(change)) as Declaration
      }),
    remove: (change) =>
      inTurn(async () => {
        if (versions(change.kind, change.name).length === 0) return false
        change.check?.(current)
        await write(change)
        return true
      }),
    refresh: () =>
      inTurn(async () => {
        if (!(await isBehind())) return false
        await read()
        onChange(current)
        return true
      }),
  }
}

const keyOf = ({ kind, name }: { readonly kind: DeclarationKind; readonly name: string }): string => `${kind} ${name}`
