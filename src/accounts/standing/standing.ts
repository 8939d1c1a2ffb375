import type { Config } from "../../config/config.ts"
import type { GenerationOwner } from "../../contract/index.ts"
import { accountsOf, defaultProject } from "../../store/account-ids.ts"
import type { Directory } from "../directory/directory.ts"
import type { Principal } from "../principal.ts"
import { accessOf } from "./access-choice.ts"
import { belongings } from "./belongings.ts"
import { broughtOf } from "./brought.ts"
import { guardrailsOf } from "./guardrails.ts"
import { problemOf } from "./problem.ts"
import { ratesOf } from "./rates.ts"
import { spendLimitsOf } from "./spend-limits.ts"
import type { Belongings, Standing, Standings } from "./types.ts"
import { storesInProject, usualOf } from "./usual.ts"

export interface StandingsOptions {
  readonly directory: () => Pick<Directory, "get" | "list">
  readonly config: () => Config
  /** A key as it is now. Absent: keys do not change. */
  readonly key?: (keyId: string) => Principal | undefined
}

export function createStandings({ directory, config, key }: StandingsOptions): Standings {
  let known = new WeakMap<Principal, Standing>()
  const of = (principal: Principal): Standing => {
    let standing = known.get(principal)
    if (standing === undefined) {
      standing = standingOf(principal, directory(), config())
      known.set(principal, standing)
    }
    return standing
  }
  return {
    of,
    latest: (standing) => {
      const principal = key ? key(standing.principal.keyId) : standing.principal
      return principal ? of(principal) : standing
    },
    changed: () => {
      known = new WeakMap()
    },
  }
}

export function standingOf(principal: Principal, directory: Pick<Directory, "get" | "list">, config: Config): Standing {
  const belongs = belongings(principal, directory)
  const owner = ownerOf(belongs)
  const guardrails = guardrailsOf(principal, belongs, directory)
  const problem = problemOf(principal, belongs, directory)
  const access = accessOf(principal, belongs, directory)
  const brought = broughtOf(principal, belongs, directory)
  const usual = usualOf(belongs)
  return Object.freeze({
    principal,
    ...belongs,
    ...(owner ? { owner } : {}),
    accounts: accountsOf({ keyId: principal.keyId, ...(owner ? { owner } : {}) }),
    limits: spendLimitsOf(principal, belongs, guardrails, directory, config),
    rates: ratesOf(principal, belongs, directory, config),
    guardrails,
    ...(problem ? { problem } : {}),
    ...(access ? { access } : {}),
    ...(brought ? { brought } : {}),
    storesBodies: principal.details?.storeBodies ?? (storesInProject(belongs) || config.bodies.store),
    ...(usual ? { usual } : {}),
  })
}

function ownerOf({ member, serviceAccount, group, project }: Belongings): GenerationOwner | undefined {
  const owner: GenerationOwner = {
    ...(member ? { member: member.id } : {}),
    ...(serviceAccount ? { serviceAccount: serviceAccount.id } : {}),
    ...(group ? { group: group.id } : {}),
    ...(project && project.id !== defaultProject ? { project: project.id } : {}),
  }
  return Object.keys(owner).length === 0 ? undefined : Object.freeze(owner)
}
