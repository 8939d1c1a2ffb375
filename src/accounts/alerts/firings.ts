import { and, desc, eq, inArray, isNull, sql } from "drizzle-orm"
import type { Alert } from "../../contract/index.ts"
import type { Statement } from "../../store/executor.ts"
import type { Store } from "../../store/open-store.ts"
import { alertDeliveries as deliveries, alertFirings as firings } from "../../store/schema.ts"
import { dayMs } from "../../store/windows.ts"
import type { DestinationState, Firing, Sent } from "./types.ts"

/** What makes a firing the only one of its kind. */
export interface FiringKey {
  readonly alert: string
  readonly account: string
  readonly threshold: string
  readonly windowStart: number
  readonly amountNano: number
}

/** Something that somebody is still to be told. */
export interface Due {
  readonly alert: Alert
  readonly destinationId: string
  readonly tries: number
}

/** What was decided, and what came of it, in the store. */
export interface Firings {
  /** Those of windows that began at one of these moments. */
  since(windowStarts: readonly number[]): Promise<readonly FiringKey[]>
  /** Decides, together with who is to be told. False when another gateway, or an earlier process, was first. */
  fire(key: FiringKey, alert: Alert, destinationIds: readonly string[], now: number): Promise<boolean>
  /** Takes over what nobody is at any more, or whatever is left where this process is alone. */
  claim(now: number, alone: boolean): Promise<readonly Due[]>
  /** Says that a try begins: nobody else is to be at it meanwhile. */
  begin(due: Due, now: number): Promise<void>
  end(due: Due, sent: Sent, now: number): Promise<void>
  /** Newest first. */
  history(page: { readonly limit: number; readonly offset: number }): Promise<readonly Firing[]>
  count(): Promise<number>
  states(): Promise<ReadonlyMap<string, DestinationState>>
}

/** Longer than all tries of one delivery may take, and those before it at the same destination seldom do. */
const claimMs = 300_000
/** A year, and the month in which somebody looks back at it. */
const keptDays = 400

/** Takes away what was told of windows that are long over. What never ends stays, or it would be told again. */
export const forgetOldFirings = (now: number): readonly Statement[] => {
  const old = "select id from alert_firings where fired_at < ? and window_start <> 0"
  const args = [now - keptDays * dayMs]
  return [
    { sql: `delete from alert_deliveries where firing_id in (${old})`, args },
    { sql: `delete from alert_firings where id in (${old})`, args },
  ]
}

/** Longest text of an error that is kept. */
const longestError = 500

export function openFirings({ read, writer }: Pick<Store, "read" | "writer">, processName: string): Firings {
  const insertDelivery = (firingId: string, destinationId: string, now: number): Statement => ({
    sql: `insert or ignore into alert_deliveries (firing_id, destination_id, tries, claimed_by, claimed_until)
select id, ?, 0, ?, ? from alert_firings where id = ?`,
    args: [destinationId, processName, now + claimMs, firingId],
  })
  return {
    since: (windowStarts) =>
      read
        .select({
          alert: firings.alert,
          account: firings.account,
          threshold: firings.threshold,
          windowStart: firings.windowStart,
          amountNano: firings.amountNano,
        })
        .from(firings)
        .where(inArray(firings.windowStart, [...windowStarts])),
    async fire({ alert, account, threshold, windowStart, amountNano }, told, destinationIds, now) {
      await writer.commit([
        {
          sql: `insert or ignore into alert_firings (alert, account, threshold, window_start, amount_nano, id, fired_at, body)
values (?, ?, ?, ?, ?, ?, ?, ?)`,
          args: [alert, account, threshold, windowStart, amountNano, told.id, now, JSON.stringify(told)],
        },
        ...destinationIds.map((id) => insertDelivery(told.id, id, now)),
      ])
      // Not by the number of changed rows: a commit whose answer got lost is repeated, and then changes none.
      const [own] = await read.select({ id: firings.id }).from(firings).where(eq(firings.id, told.id))
      return own !== undefined
    },
    async claim(now, alone) {
      const [open] = await read
        .select({ id: deliveries.firingId })
        .from(deliveries)
        .where(and(isNull(deliveries.deliveredAt), isNull(deliveries.failedAt)))
        .limit(1)
      // Nearly always: then nothing is written.
      if (!open) return []
      await writer.commit([
        {
          sql: `update alert_deliveries set claimed_by = ?, claimed_until = ?
where delivered_at is null and failed_at is null and claimed_by <> ? and (claimed_until < ? or ?)`,
          args: [processName, now + claimMs, processName, now, alone ? 1 : 0],
        },
      ])
      const rows = await read
        .select({ body: firings.body, destinationId: deliveries.destinationId, tries: deliveries.tries })
        .from(deliveries)
        .innerJoin(firings, eq(firings.id, deliveries.firingId))
        .where(and(eq(deliveries.claimedBy, processName), isNull(deliveries.deliveredAt), isNull(deliveries.failedAt)))
        .orderBy(firings.firedAt)
      return rows.map(({ body, destinationId, tries }) => ({ alert: JSON.parse(body) as Alert, destinationId, tries }))
    },
    async begin({ alert, destinationId, tries }, now) {
      await writer.commit([
        {
          sql: `update alert_deliveries set tries = ?, claimed_by = ?, claimed_until = ? where firing_id = ? and destination_id = ?`,
          args: [tries + 1, processName, now + claimMs, alert.id, destinationId],
        },
      ])
    },
    async end({ alert, destinationId }, { ok, status, error, retry }, now) {
      await writer.commit([
        {
          sql: `update alert_deliveries set delivered_at = ?, failed_at = ?, status = ?, error = ? where firing_id = ? and destination_id = ?`,
          args: [
            ok ? now : null,
            ok || retry ? null : now,
            status ?? null,
            error?.slice(0, longestError) ?? null,
            alert.id,
            destinationId,
          ],
        },
      ])
    },
    async history({ limit, offset }) {
      const rows = await read
        .select({ id: firings.id, body: firings.body })
        .from(firings)
        .orderBy(desc(firings.firedAt), desc(firings.id))
        .limit(limit)
        .offset(offset)
      if (rows.length === 0) return []
      const ids = rows.map(({ id }) => id)
      const told = await read.select().from(deliveries).where(inArray(deliveries.firingId, ids))
      return rows.map(({ id, body }) => ({
        alert: JSON.parse(body) as Alert,
        deliveries: told.filter(({ firingId }) => firingId === id).map(deliveryOf),
      }))
    },
    async count() {
      const [row] = await read.select({ count: sql<number>`count(*)` }).from(firings)
      return row?.count ?? 0
    },
    async states() {
      const rows = await read.all<StateRow>(sql`
        select destination_id, max(delivered_at) as delivered, max(failed_at) as failed,
          (select error from alert_deliveries as one where one.destination_id = all_of.destination_id and one.failed_at is not null
            order by one.failed_at desc limit 1) as error
        from alert_deliveries as all_of group by destination_id`)
      return new Map(
        rows.map(({ destination_id, delivered, failed, error }) => [
          destination_id,
          {
            ...(delivered === null ? {} : { lastSuccessAt: delivered }),
            ...(failed === null ? {} : { lastFailureAt: failed }),
            ...(error === null ? {} : { lastError: error }),
          },
        ]),
      )
    },
  }
}

interface StateRow {
  readonly destination_id: string
  readonly delivered: number | null
  readonly failed: number | null
  readonly error: string | null
}

function deliveryOf(row: typeof deliveries.$inferSelect): Firing["deliveries"][number] {
  const { destinationId, tries, deliveredAt, failedAt, status, error } = row
  return {
    destinationId,
    tries,
    ...(deliveredAt === null ? {} : { deliveredAt }),
    ...(failedAt === null ? {} : { failedAt }),
    ...(status === null ? {} : { status }),
    ...(error === null ? {} : { error }),
  }
}
