import type { BroughtKey } from "../../accounts/standing/types.ts"
import { isListed } from "../access/access.ts"
import type { LiveOffer, Snapshot, Standing } from "../services.ts"

/** With which credentials an offer may be used. */
export interface Fitting {
  /** Whether the operator's are among them. */
  readonly own: boolean
  /** Those that were brought, in the order in which they are tried. */
  readonly brought: readonly BroughtKey[]
}

const ownOnly: Fitting = { own: true, brought: [] }

/** Who may use what was settled for its key; what is left are the offer and its provider. */
export function fittingFor(snapshot: Snapshot, { brought }: Pick<Standing, "brought">, offer: LiveOffer): Fitting {
  if (!brought?.providers.has(offer.provider)) return ownOnly
  const atProvider = brought.keys.filter(({ provider }) => provider === offer.provider)
  const fitting = atProvider.filter(
    ({ allowedModels }) => allowedModels === undefined || isListed(snapshot, allowedModels, offer),
  )
  const own =
    // Where somebody brings credentials, the provider wants one.
    offer.live.isKeyless !== true &&
    !atProvider.some(({ isOnly }) => isOnly === true) &&
    !fitting.some(({ isRequired }) => isRequired === true)
  return { own, brought: fitting }
}

/** One whose account keeps nothing, by the word of whoever brought it. */
export const isTrusted = ({ declaredZdr }: BroughtKey): boolean => declaredZdr === true

/**
 * The same where nothing may be kept. Of an offer that does so itself, whoever brought a credential may say that his account does not. One
 * that does not passed the filters because of a credential that does, or because nobody demands it there.
 */
export function keepingNothing({ own, brought }: Fitting, { zdr }: LiveOffer): Fitting {
  if (zdr === true) return { own, brought: brought.filter(({ declaredZdr }) => declaredZdr !== false) }
  const trusted = brought.filter(isTrusted)
  return trusted.length === 0 ? { own, brought } : { own: false, brought: trusted }
}

/** With any credential at all. */
export const isUsable = ({ own, brought }: Fitting): boolean => own || brought.length > 0
