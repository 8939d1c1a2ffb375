import type { Budgets } from "../accounts/budgets.ts"
import type { Keys } from "../accounts/keys.ts"
import type { Face, Generation } from "../contract/index.ts"
import type { KeptResponses } from "../conversations/kept-responses.ts"
import type { MadeImages } from "../dialects/images/index.ts"
import type { PluginState } from "../host/host-types.ts"
import type { Services } from "../pipeline/services.ts"
import type { BackgroundJobs } from "./inference/responses/jobs.ts"

export interface ReloadResult {
  readonly ok: boolean
  readonly problems: readonly string[]
}

/** What the process says of itself; the HTTP layer only prints it. */
export interface Readiness {
  readonly ready: boolean
  readonly stopping: boolean
  /** Empty = healthy. */
  readonly degraded: readonly string[]
}

/** Everything the routes need. */
export interface HttpServices {
  readonly pipeline: Services
  readonly keys: Keys
  readonly budgets: Budgets
  readonly version: string
  readonly startedAt: number
  /** Own generations only, unless `owner` is undefined. */
  readonly findGeneration: (id: string, owner: string | undefined) => Promise<Generation | undefined>
  readonly plugins: () => readonly PluginState[]
  readonly reload: (reason: string) => Promise<ReloadResult>
  readonly health: () => Readiness
  /** The last configuration that was refused, and the providers that could not be made. */
  readonly state: () => Readonly<Record<string, unknown>>
  readonly metricsText: () => string
  readonly newRequestId: () => string
  /** Answers of /responses that are kept, and those that are made in the background. */
  readonly responses: { readonly kept: KeptResponses; readonly jobs: BackgroundJobs }
  /** Where made images are found for a while, for clients that ask for addresses. */
  readonly madeImages: MadeImages & {
    find(name: string): Promise<{ readonly file: Blob; readonly mime: string } | undefined>
  }
  /** Model lists are public. */
  readonly publicModels: () => boolean
  /** Metrics are for everybody who can reach the gateway, because only this machine can. */
  readonly openMetrics: boolean
}

export interface FaceMount {
  readonly face: Face
  /** Path in front of the routes: `/v1` or `/api/v1`. */
  readonly prefix: string
}
