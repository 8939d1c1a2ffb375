import type { Principal } from "../../accounts/principal.ts"
import type { Standing } from "../../accounts/standing/types.ts"
import type { RegionDoor } from "../../config/config.ts"
import { usd } from "../../ledger/money.ts"
import { bill } from "../../ledger/prices.ts"
import type { PlanServices } from "../../pipeline/plan/inquiry.ts"
import { planAgain, type Replanned } from "../../pipeline/replay/plan-again.ts"
import type { Recorded } from "../../pipeline/replay/recorded-inquiry.ts"
import type { Services, Snapshot } from "../../pipeline/services.ts"
import { StickyMap } from "../../pipeline/sticky/memory.ts"
import { noteTurn, type Turn } from "../../pipeline/sticky/stick.ts"
import type { Asker } from "./askers.ts"
import { PastHealth } from "./past-health.ts"

/** A configuration that requests are planned in. */
export interface Side {
  readonly snapshot: Snapshot
  readonly priceOf: Services["priceOf"]
  readonly asker: Asker
  /** All that governs a key. */
  readonly standingOf: (principal: Principal) => Standing
}

/** One configuration over the time of the recorded requests: what it would know of conversations and upstreams at each moment. */
export class Track {
  readonly side: Side
  readonly past: PastHealth
  readonly #sticky = new StickyMap()
  readonly #services: PlanServices
  readonly #doors: ReadonlyMap<string, RegionDoor>
  #chance: () => number = () => 0
  /** Whether the latest plan was a matter of chance. */
  drew = false

  constructor(side: Side, clock: { now(): number }) {
    const { config } = side.snapshot
    this.side = side
    this.past = new PastHealth(config)
    this.#doors = doorsOf(side.snapshot)
    this.#services = {
      now: clock.now,
      random: () => {
        this.drew = true
        return this.#chance()
      },
      priceOf: side.priceOf,
      health: this.past.health,
      sticky: this.#sticky,
      // What a strategy does not cope with it is told of when it happens to a request.
      log: { warn: () => {} },
    }
  }

  plan(row: Recorded, principal: Principal, chance: () => number): Promise<Replanned> {
    this.#chance = chance
    this.drew = false
    const { snapshot } = this.side
    const { region } = row.route.demand
    const door = region === undefined ? undefined : (this.#doors.get(region) ?? { region, strict: false })
    const standing = this.side.standingOf(principal)
    const around = { snapshot, services: this.#services, principal, standing, door }
    return planAgain(row, around, (price) => usd(bill(row.usage, { source: "config", price }).costNano))
  }

  note(turn: Omit<Turn, "stickyMs">): void {
    noteTurn(this.#sticky, { ...turn, stickyMs: this.side.snapshot.config.routing.stickyMs })
  }
}

/** By their region; of several the strictest. */
function doorsOf({ config: { server } }: Snapshot): ReadonlyMap<string, RegionDoor> {
  const found = new Map<string, RegionDoor>()
  for (const door of [...server.listeners.map((listener) => listener.door), ...Object.values(server.hosts)])
    if (door && !found.get(door.region)?.strict) found.set(door.region, door)
  return found
}
