import type { Inquiry } from "../inquiry.ts"
import type { Targets } from "../types.ts"
import { chooserFor } from "./choose.ts"
import { refuseBatch, resolveName } from "./resolve.ts"
import { type Found, type Resolved, type Scope, start, type Way } from "./scope.ts"
import type { Wish, Wishes } from "./wish.ts"

/**
 * What the names of a request lead to, in their order: models, aliases, policies, presets, managed and router names, with what stands
 * behind them. Throws `model_not_found` for the first that leads nowhere. What names ask of the request itself is left on the inquiry.
 */
export function resolveTargets(inquiry: Inquiry, names: readonly string[]): Targets {
  const scope: Scope = { snapshot: inquiry.snapshot, chooser: chooserFor(inquiry) }
  const found = names.map((name) => {
    if (name.endsWith(":batch")) refuseBatch(name)
    return resolveName(scope, name, wayOf(inquiry))
  })
  const whole = found.length === 1 ? found[0]! : joined(found)
  const around = inquiry.preset?.wish
  for (const target of whole.targets) if (target.wish || target.tiers || around) noteWish(inquiry, target, around)
  return whole
}

/** What the preset that a request named says of providers lies around all of its names. */
function wayOf({ preset }: Inquiry): Way {
  const provider = preset?.provider
  return provider === undefined ? start : { ...start, preferences: [provider] }
}

function joined(found: readonly Resolved[]): Resolved {
  const hedgeMs = found.find((one) => one.hedgeMs !== undefined)?.hedgeMs
  const streamRecovery = found.find((one) => one.streamRecovery !== undefined)?.streamRecovery
  return {
    targets: found.flatMap(({ targets }) => targets),
    notes: found.flatMap(({ notes }) => notes),
    ...(hedgeMs === undefined ? {} : { hedgeMs }),
    ...(streamRecovery === undefined ? {} : { streamRecovery }),
  }
}

/** The first name that leads to an offer says how it is asked; a preset says what no name does. */
function noteWish(inquiry: Inquiry, { offers, wish, tiers = [] }: Found, around: Wish | undefined): void {
  inquiry.wishes ??= new Map() as Wishes
  for (const offer of offers) {
    if (inquiry.wishes.has(offer.key)) continue
    const tier = tiers.find((name) => offer.tags?.includes(name))
    const asked = { ...around, ...(tier === undefined ? {} : { serviceTier: tier }), ...wish }
    if (Object.keys(asked).length > 0) inquiry.wishes.set(offer.key, asked)
  }
}
