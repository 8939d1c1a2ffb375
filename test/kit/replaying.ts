import type { SpentBefore } from "../../src/accounts/limits/shared-budgets.ts"
import type { Principal } from "../../src/accounts/principal.ts"
import { unreplayable } from "../../src/cli/plan/recorded.ts"
import { Replay } from "../../src/cli/plan/replay.ts"
import type { Report } from "../../src/cli/plan/report.ts"
import { Tally } from "../../src/cli/plan/tally.ts"
import type { Side } from "../../src/cli/plan/track.ts"
import {
  type AttemptRecord,
  emptyUsage,
  type GatewayError,
  type Generation,
  type Price,
  type RouteDemand,
  type Usage,
} from "../../src/contract/index.ts"
import { costNano } from "../../src/ledger/money.ts"
import { NotWrittenDown, type Recorded } from "../../src/pipeline/replay/recorded-inquiry.ts"
import { type Surroundings, snapshotOf } from "./planning.ts"
import { plainStandings } from "./standing.ts"

/** 2026-06-01, a Monday. */
export const start = Date.UTC(2026, 5, 1)
export const minute = 60_000
export const day = 1440 * minute

export const keyOf = (change: Partial<Principal> = {}): Principal => ({
  keyId: "key",
  name: "team",
  label: "key",
  kind: "inference",
  limitReset: "never",
  strict: false,
  disabled: false,
  source: "file",
  createdAtMs: 0,
  ...change,
})

export const tokens = (fresh: number, text: number, cacheRead = 0): Usage => ({
  input: { ...emptyUsage.input, fresh, cacheRead },
  output: { ...emptyUsage.output, text },
})

export interface GivenRow extends Partial<Omit<Recorded, "route">> {
  /** Where it was planned to go; the first one answered, unless attempts say otherwise. */
  readonly planned?: readonly string[]
  readonly demand?: Partial<RouteDemand>
  readonly conversation?: string
  readonly failed?: readonly string[]
}

let rows = 0

const attemptAt = (key: string, at: number, more: Partial<AttemptRecord> = {}): AttemptRecord => ({
  provider: key.slice(0, key.indexOf("/")),
  model: key.slice(key.indexOf("/") + 1),
  status: 200,
  startedAt: at,
  durationMs: 100,
  lane: "native",
  outcome: "ok",
  ...more,
})

/** A finished request for `test/model`, as the ledger has it: billed by its price, a tenth of a second long. */
export function rowOf(given: GivenRow = {}): Recorded {
  const { planned = ["a/model"], demand, conversation, failed = [], ...change } = given
  const number = ++rows
  const at = change.createdAt ?? start
  const price: Price | undefined = change.price ?? { input: 1, output: 2 }
  const usage = change.usage ?? tokens(1000, 500)
  const answeredBy = change.errorCode === undefined ? planned.find((key) => !failed.includes(key)) : undefined
  const attempts = [
    ...failed.map((key) => attemptAt(key, at, { outcome: "failed", status: 503, code: "provider_down" })),
    ...(answeredBy === undefined ? [] : [attemptAt(answeredBy, at)]),
  ]
  const [provider, ...model] = answeredBy?.split("/") ?? [""]
  const requestedModel = change.requestedModel ?? "test/model"
  return {
    id: `gen-${number}`,
    requestId: `req-${number}`,
    keyId: "key",
    createdAt: at,
    requestedModel,
    model: requestedModel,
    provider: provider!,
    upstreamModel: model.join("/"),
    api: "chat-completions",
    face: "openrouter",
    streamed: false,
    cancelled: false,
    status: change.errorCode === undefined ? 200 : 400,
    usage: answeredBy === undefined ? emptyUsage : usage,
    costNano: answeredBy === undefined ? 0 : costNano(usage, price),
    priceSource: "config",
    price,
    durationMs: 100,
    attempts,
    losses: [],
    ...change,
    route: {
      strategy: "weighted",
      planned,
      excluded: [],
      notes: [],
      demand: { models: [requestedModel], needs: [], parameters: [], inputTokens: 1000, ...demand },
      ...(conversation === undefined ? {} : { conversation, conversationIsNamed: true }),
    },
  }
}

export interface GivenSide extends Surroundings {
  readonly asker?: (keyId: string, at: number) => Principal | GatewayError
  /** Absent: nobody but the key itself. */
  readonly standingOf?: Side["standingOf"]
}

export const sideOf = ({ asker = () => keyOf(), standingOf = plainStandings.of, ...around }: GivenSide): Side => ({
  snapshot: snapshotOf(around),
  priceOf: ({ price }) => (price ? { source: "config", price } : { source: "none" }),
  standingOf,
  asker,
})

export interface GivenReplay {
  readonly present: GivenSide
  readonly next: GivenSide
  readonly spent?: readonly SpentBefore[]
  readonly seed?: number
  readonly recordedHealth?: boolean
}

/** What comes of replaying these rows, in this order. */
export async function replayed(all: Iterable<Generation>, given: GivenReplay): Promise<Report> {
  const clock = { time: start, now: () => clock.time }
  const replay = new Replay({
    present: sideOf(given.present),
    next: sideOf(given.next),
    clock,
    from: start,
    spent: given.spent ?? [],
    seed: given.seed ?? 0,
    recordedHealth: given.recordedHealth ?? false,
  })
  const tally = new Tally()
  for (const row of all) {
    const why = unreplayable(row)
    if (why !== undefined) tally.leave(why)
    else
      try {
        tally.add(await replay.replay(row as Recorded))
      } catch (thrown) {
        if (!(thrown instanceof NotWrittenDown)) throw thrown
        tally.leave(thrown.message)
      }
  }
  return tally.report(start, start + day, replay)
}
