import type { Alerts } from "../accounts/alerts/alerts.ts"
import type { AuditLog } from "../accounts/audit/audit-log.ts"
import type { Directory } from "../accounts/directory/directory.ts"
import type { Keys } from "../accounts/key-types.ts"
import type { Budgets } from "../accounts/limits/budgets.ts"
import type { Seal } from "../accounts/seal.ts"
import type { SignInCodes } from "../accounts/sign-in-codes.ts"
import type { Standings } from "../accounts/standing/types.ts"
import type { Bodies } from "../bodies/bodies.ts"
import type { FirstSeen } from "../catalog/first-seen.ts"
import type { CachePurge, Face, Generation } from "../contract/index.ts"
import type { KeptResponses } from "../conversations/kept-responses.ts"
import type { Declarations } from "../declarations/declarations.ts"
import type { MadeImages } from "../dialects/images/index.ts"
import type { DocumentState, RefreshResult } from "../facts/refresh/refresh-types.ts"
import type { PluginState } from "../host/host-types.ts"
import type { Feedback } from "../ledger/log/feedback.ts"
import type { Log } from "../ledger/log/log.ts"
import type { Usage } from "../ledger/usage/types.ts"
import type { CacheFigures } from "../pipeline/recall/manage.ts"
import type { Services } from "../pipeline/services.ts"
import type { BackgroundJobs } from "./inference/responses/jobs.ts"

export interface ReloadResult {
  readonly ok: boolean
  readonly problems: readonly string[]
}

/** What is publicly known of models: where it comes from, how old it is, and the wish to ask again. */
export interface CatalogDesk {
  /** The documents; those in the store have been read. */
  documents(): Promise<readonly DocumentState[]>
  /** Throws GatewayError `conflict` where nothing may be fetched. */
  refresh(options: { readonly force?: boolean; readonly provider?: string }): Promise<readonly RefreshResult[]>
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
  /** Members, groups, guardrails and all else that belongs to the organisation. */
  readonly directory: Directory
  /** What was changed, by whom, from where. */
  readonly audit: AuditLog
  /** A UUID for something new. */
  readonly newId: () => string
  /** All that governs a key's requests. */
  readonly standings: Standings
  /** What applications exchange for keys. */
  readonly signInCodes: SignInCodes
  /** Who is told when spending crosses a threshold. */
  readonly alerts: Alerts
  /** For secrets that come by the API and must be read again. */
  readonly seal: Seal
  /** Sums of what was used. */
  readonly usage: Usage
  /** What the API declared about routing. */
  readonly declarations: Declarations
  /** From where the connection of a request comes, of one that the listener knows. */
  readonly addressOf: (request: Request) => string | undefined
  readonly version: string
  readonly startedAt: number
  /** Own generations only, unless `owner` is undefined. */
  readonly findGeneration: (id: string, owner: string | undefined) => Promise<Generation | undefined>
  /** Finished requests by what they are looked for, what clients said of them, and their texts. */
  readonly log: Log
  readonly feedback: Feedback
  readonly bodies: Bodies
  readonly plugins: () => readonly PluginState[]
  readonly reload: (reason: string) => Promise<ReloadResult>
  readonly health: () => Readiness
  /** The last configuration that was refused, and the providers that could not be made. */
  readonly state: () => Readonly<Record<string, unknown>>
  readonly metricsText: () => string
  readonly newRequestId: () => string
  /** Answers of /responses that are kept, and those that are made in the background. */
  readonly responses: { readonly kept: KeptResponses; readonly jobs: BackgroundJobs }
  /** What is remembered. */
  readonly caches: {
    figures(): Promise<readonly CacheFigures[]>
    /** Gives how many entries went, by cache. Throws where not all that was meant is gone. */
    purge(which: CachePurge): Promise<Readonly<Record<string, number>>>
  }
  /** Where made images are found for a while, for clients that ask for addresses. */
  readonly madeImages: MadeImages & {
    find(name: string): Promise<{ readonly file: Blob; readonly mime: string } | undefined>
  }
  /** When models were first known here. */
  readonly firstSeen: FirstSeen
  /** What is publicly known of models, and how fresh it is. */
  readonly catalog: CatalogDesk
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
