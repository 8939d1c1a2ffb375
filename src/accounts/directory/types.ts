import type { LimitReset } from "../../config/config.ts"
import type { JsonObject } from "../../contract/index.ts"
import type { WindowKind } from "../../store/windows.ts"
import type { RateLimits } from "../limits/types.ts"
import type { Role } from "../rights/rights.ts"

/** What may be spent, nano-dollars; absent: no limit of its own. */
export interface Limited {
  readonly limitNano?: number
  readonly limitReset: LimitReset
  readonly rates?: RateLimits
}

/** There is one, with a fixed id; what the file says of it goes before what is here. */
export interface Organisation extends Limited {
  readonly name: string
  /** Nobody may call models. */
  readonly suspended?: boolean
  /** List of models for keys that neither they nor their groups have one for. */
  readonly accessListId?: string
  /** The same for keys of groups that have none of their own. */
  readonly groupAccessListId?: string
  /** Where new members land. */
  readonly defaultGroupId?: string
  /** Monthly limit of members that have none of their own, nano-dollars. */
  readonly memberLimitNano?: number
  /** Prepaid: the sum of what was paid in, nano-dollars. */
  readonly creditsNano?: number
}

/** What was paid in by somebody who may say it twice; its id is his. */
export interface PayIn {
  readonly amountNano: number
}

export interface Member extends Limited {
  readonly email: string
  readonly firstName?: string
  readonly lastName?: string
  readonly role: Role
  /** Its keys do nothing meanwhile. */
  readonly disabled?: boolean
}

export interface GroupMember {
  readonly memberId: string
  readonly role: "admin" | "member"
  /** What it may spend per month in this group; absent: `Group.memberLimitNano`. */
  readonly limitNano?: number
  readonly rates?: RateLimits
  readonly joinedAt: number
}

export interface Group extends Limited {
  readonly name: string
  readonly description?: string
  /** What each member may spend per month in this group. */
  readonly memberLimitNano?: number
  /** Their union counts. */
  readonly accessListIds?: readonly string[]
  /** In the order in which they joined. */
  readonly members: readonly GroupMember[]
}

/** Something that calls models and is nobody. */
export interface ServiceAccount extends Limited {
  readonly name: string
  readonly description?: string
  readonly groupId?: string
  readonly disabled?: boolean
}

/** OpenRouter calls it a workspace. There is always one, which keys without another belong to. */
export interface Project {
  readonly name: string
  readonly slug: string
  readonly description?: string
  /** `total` is OpenRouter's lifetime budget. */
  readonly budgets: Partial<Readonly<Record<WindowKind, number>>>
  /** When each of them was made and changed. */
  readonly budgetTimes?: Partial<
    Readonly<Record<WindowKind, { readonly createdAt: number; readonly updatedAt: number }>>
  >
  /** Whether spending on credentials that somebody brought counts towards them. */
  readonly includeByokInBudgets?: boolean
  readonly rates?: RateLimits
  /** Absent: everybody. */
  readonly memberIds?: readonly string[]
  /** What OpenRouter keeps of a workspace beside (default models, switches), as it was sent. */
  readonly settings?: JsonObject
}

export type FilterAction = "redact" | "block" | "flag"

/** A list of rules for what keys and members may do, in the words of OpenRouter's guardrails. */
export interface Guardrail {
  readonly name: string
  readonly description?: string
  readonly projectId?: string
  /** It holds for everything in its project, assigned or not. */
  readonly isDefault?: boolean
  readonly limitNano?: number
  readonly resetInterval?: "daily" | "weekly" | "monthly"
  readonly includeByokInBudgets?: boolean
  readonly allowedProviders?: readonly string[]
  readonly ignoredProviders?: readonly string[]
  readonly allowedModels?: readonly string[]
  readonly ignoredModels?: readonly string[]
  /** Of whose models only endpoints that keep nothing may be used. */
  readonly zdr?: Partial<Readonly<Record<"anthropic" | "openai" | "google" | "xai" | "other", boolean>>>
  /** OpenRouter's older field, which stands for all of them. */
  readonly enforceZdr?: boolean
  readonly contentFilters?: readonly {
    readonly pattern: string
    readonly action: FilterAction
    readonly label?: string
  }[]
  readonly contentFilterBuiltins?: readonly {
    readonly slug: string
    readonly action: FilterAction
    readonly scanScope?: "user_only" | "all_messages"
    readonly label?: string
    readonly allowlist?: readonly string[]
  }[]
  readonly enableFreeModelTraining?: boolean
  readonly enableFreeModelPublication?: boolean
  readonly enablePaidModelTraining?: boolean
  readonly allowedDataRegions?: readonly string[]
}

/** Its id is `key:<id>` or `member:<id>`, so that there is at most one for each. */
export interface GuardrailAssignment {
  /** The id that the API shows. */
  readonly publicId: string
  readonly guardrailId: string
  readonly keyId?: string
  readonly memberId?: string
  readonly assignedBy?: string
}

/** Which models may be used, by what they do; names and patterns with `*`. */
export interface AccessList {
  readonly name: string
  /** Models that are new join. */
  readonly autoApprove: boolean
  /** Only admins attach it. */
  readonly restricted?: boolean
  readonly chat: readonly string[]
  readonly embedding: readonly string[]
  readonly image: readonly string[]
  readonly transcription: readonly string[]
  readonly speech: readonly string[]
}

/** What is watched, and at which thresholds somebody is told. */
export interface AlertRule {
  readonly name: string
  readonly on: "key" | "member" | "group" | "service-account" | "project" | "organisation"
  /** One of them; absent: each. */
  readonly targetId?: string
  /** Per cent of its limit, ascending. */
  readonly percents?: readonly number[]
  /** Spent in the window, nano-dollars, ascending. */
  readonly spentNanos?: readonly number[]
  /** Prepaid money left falls below, nano-dollars. Only of the organisation. */
  readonly balanceNanos?: readonly number[]
  /** Of `spentNanos`; percentages count in the window of their limit. Default monthly. */
  readonly window?: WindowKind
  /** Ids of `alert-destination`s. */
  readonly destinationIds: readonly string[]
  readonly disabled?: boolean
}

export interface AlertDestination {
  readonly name: string
  /** Name of the notifier that writes its messages: `slack`, `teams`, `webhook`, or a plugin's. */
  readonly notifier: string
  /** Where the address leads, for people. The rest of it is as good as a password at Slack and Teams. */
  readonly host: string
  /** The address and the secret that signs what is sent, sealed with the key of this installation. */
  readonly sealedUrl: string
  readonly sealedSecret?: string
}

/** A credential for an upstream that somebody brought (bring your own key). */
export interface UpstreamKey {
  readonly provider: string
  readonly name?: string
  /** The credential, sealed with the key of this installation. */
  readonly sealed: string
  /** Its first and last characters. */
  readonly label: string
  /** Absent: every project may use it. */
  readonly projectId?: string
  readonly disabled?: boolean
  /** Tried after the operator's own ones. */
  readonly isFallback: boolean
  /** The operator's own ones are not used for what it fits. */
  readonly isRequired?: boolean
  /** Nor for any other model of this provider. */
  readonly isOnly?: boolean
  /** What whoever brought it says of the account behind it; absent: as the provider's endpoints. */
  readonly declaredZdr?: boolean
  readonly sortOrder: number
  /** Who may use it, and for what; absent: everybody, everything. */
  readonly allowedModels?: readonly string[]
  readonly allowedKeyIds?: readonly string[]
  readonly allowedMemberIds?: readonly string[]
}

export interface ObjectKinds {
  readonly organisation: Organisation
  readonly member: Member
  readonly group: Group
  readonly "service-account": ServiceAccount
  readonly project: Project
  readonly guardrail: Guardrail
  readonly "guardrail-assignment": GuardrailAssignment
  readonly "access-list": AccessList
  readonly alert: AlertRule
  readonly "alert-destination": AlertDestination
  readonly "upstream-key": UpstreamKey
  readonly "pay-in": PayIn
}

export type ObjectKind = keyof ObjectKinds

/** One object as it is now. Frozen. Times are milliseconds UTC. */
export interface Stored<Kind extends ObjectKind> {
  readonly id: string
  readonly body: ObjectKinds[Kind]
  readonly createdAt: number
  readonly updatedAt?: number
  /** Id of the key, and of the member, that made it. */
  readonly createdBy?: string
  readonly createdByMember?: string
}

/** One step of a change; all steps of a change hold together or not at all. */
export type ObjectChange = {
  readonly [Kind in ObjectKind]:
    | { readonly kind: Kind; readonly id: string; readonly body: ObjectKinds[Kind] }
    | { readonly kind: Kind; readonly id: string; readonly body?: undefined }
}[ObjectKind]
