import type { GatewayError, GenerationOwner, JsonObject } from "../../contract/index.ts"
import type { AccessList, Group, Guardrail, Member, Project, ServiceAccount, UpstreamKey } from "../directory/types.ts"
import type { Spender } from "../limits/types.ts"
import type { Principal } from "../principal.ts"

/** With its id, which the object itself does not have. */
export type Named<Body> = Body & { readonly id: string }

/** What a key belongs to now. */
export interface Belongings {
  readonly member?: Named<Member>
  readonly serviceAccount?: Named<ServiceAccount>
  /** Whose money it spends. */
  readonly group?: Named<Group>
  /** All groups of its member, or its own. */
  readonly groups: readonly Named<Group>[]
  /** Undefined: the one that is always there, and nobody has said anything of it. */
  readonly project: Named<Project> | undefined
}

/** The lists of models that count for a key; what one of them has may be used. */
export interface AccessChoice {
  readonly of: "key" | "group" | "groups" | "organisation"
  readonly lists: readonly Named<AccessList>[]
}

/** A guardrail, and what it is held by, in OpenRouter's words. */
export type HeldGuardrail = Named<Guardrail> & { readonly scope: "workspace" | "member" | "api_key" }

/** A credential for an upstream that somebody brought: one of the store, or one that came with its request. */
export type BroughtKey = Omit<Named<UpstreamKey>, "sealed" | "label"> &
  ({ readonly sealed: string } | { readonly credential: string })

/** What was brought, as far as one key is concerned. */
export interface BroughtKeys {
  /** Those that it may use; of each provider in the order in which they are tried. */
  readonly keys: readonly BroughtKey[]
  /** For which anybody brought one. */
  readonly providers: ReadonlySet<string>
}

/** What its project says for requests that say nothing themselves. */
export interface Usual {
  readonly textModel?: string
  readonly imageModel?: string
  /** As a `provider` object. */
  readonly provider?: JsonObject
}

/** All that governs a key's requests, put together from everything that it belongs to. Frozen; a change anywhere makes a new one. */
export interface Standing extends Spender, Belongings {
  readonly principal: Principal
  /** For the record of its requests; absent where it is nobody's in particular. */
  readonly owner?: GenerationOwner
  /** Why it may call nothing now. */
  readonly problem?: GatewayError
  /** Outermost first: of the project, of the member, of the key. All of them hold. */
  readonly guardrails: readonly HeldGuardrail[]
  /** Which lists of models count, and whose they are; absent: none. */
  readonly access?: AccessChoice
  readonly storesBodies: boolean
  /** Absent: its project says nothing. */
  readonly usual?: Usual
  /** Credentials for upstreams beside the operator's; absent where nobody brought any. */
  readonly brought?: BroughtKeys
}

export interface Standings {
  /** A look-up; made the first time after each change. */
  of(principal: Principal): Standing
  /** The same key's as it is now; of a key that is gone, as it was. */
  latest(standing: Standing): Standing
  /** Members, groups, lists or the configuration changed: what was made before holds for requests under way only. */
  changed(): void
}
