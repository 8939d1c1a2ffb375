/** What `signalbox plan` found out. Money in nano-dollars, times in milliseconds UTC. */
export interface Report {
  readonly from: number
  readonly to: number
  readonly replayed: number
  /** Requests that could not be planned again, by why: goes on from a number of requests. */
  readonly left: readonly { readonly requests: number; readonly why: string }[]
  /** Requests that would go elsewhere, by the model that was asked for. */
  readonly routes: readonly RouteChange[]
  readonly refusals: readonly Refusal[]
  readonly costs: Costs
  readonly budgets: readonly TrippedBudget[]
  readonly caches: LostCaches
  readonly names: readonly NameChange[]
}

export interface RouteChange {
  readonly model: string
  /** `provider/model`, or what became of it instead. */
  readonly was: string
  readonly would: string
  readonly requests: number
  /** Of the replayed requests for this model. */
  readonly share: number
}

export interface Refusal {
  readonly rule: string
  readonly model: string
  readonly requests: number
  readonly code: string
  /** As the first of them would have been told. */
  readonly message: string
}

export interface Costs {
  readonly billedNano: number
  readonly thenNano: number
  readonly models: readonly ModelCost[]
  /** What was billed for requests that would be refused; in `billedNano` as well. */
  readonly refusedNano: number
  /** Left out on both sides: nobody knows what they would cost. */
  readonly unpriced: readonly { readonly offer: string; readonly requests: number; readonly billedNano: number }[]
}

export interface ModelCost {
  readonly model: string
  readonly requests: number
  readonly billedNano: number
  readonly thenNano: number
}

export interface TrippedBudget {
  /** What it is a limit of: `key`, `group`, … */
  readonly of: string
  readonly name: string
  /** The first key that it would have refused. */
  readonly key: string
  /** First digits of the hash of its token. */
  readonly hash: string
  readonly source: "file" | "store"
  readonly limitNano: number
  readonly reset: string
  readonly at: number
  readonly refused: number
  readonly refusedBefore: number
}

export interface LostCaches {
  readonly conversations: number
  readonly tokens: number
  readonly nano: number
  readonly moves: readonly LostCache[]
}

export interface LostCache {
  readonly was: string
  readonly would: string
  readonly conversations: number
  readonly tokens: number
  readonly nano: number
}

export interface NameChange {
  readonly name: string
  readonly requests: number
  readonly was: string
  readonly would: string
}
