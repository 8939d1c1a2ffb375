/** What a member may do in the organisation. */
export const roles = ["owner", "admin", "member", "viewer"] as const
export type Role = (typeof roles)[number]

/** How far a right goes: nothing, what belongs to oneself, everything. */
export type Reach = "none" | "own" | "all"

const everything = { owner: "all", admin: "all", member: "all", viewer: "all" } as const
const administered = { owner: "all", admin: "all", member: "none", viewer: "none" } as const
const ownOrAll = { owner: "all", admin: "all", member: "own", viewer: "all" } as const
const ownOrAdministered = { owner: "all", admin: "all", member: "own", viewer: "none" } as const
const ownerOnly = { owner: "all", admin: "none", member: "none", viewer: "none" } as const
const adminOrViewer = { owner: "all", admin: "all", member: "none", viewer: "all" } as const

/** Every right there is, and how far it goes for whom. Writing needs a key that may write, besides. */
export const rights = {
  "keys:read": ownOrAll,
  "keys:write": ownOrAdministered,
  "members:read": ownOrAll,
  "members:write": administered,
  /** Making and unmaking owners. */
  "owners:write": ownerOnly,
  /** Of groups: those that one is in; changing needs to be admin of it. */
  "groups:read": ownOrAll,
  "groups:write": ownOrAdministered,
  "service-accounts:read": adminOrViewer,
  "service-accounts:write": administered,
  "projects:read": ownOrAll,
  "projects:write": administered,
  "guardrails:read": adminOrViewer,
  "guardrails:write": administered,
  "access-lists:read": everything,
  "access-lists:write": administered,
  "alerts:read": adminOrViewer,
  "alerts:write": administered,
  "upstream-keys:read": adminOrViewer,
  "upstream-keys:write": administered,
  "organisation:read": everything,
  "organisation:write": ownerOnly,
  "credits:read": adminOrViewer,
  "credits:write": ownerOnly,
  "usage:read": ownOrAll,
  "log:read": ownOrAll,
  /** What is thought of answers; whoever sees them may say it, if he may write at all. */
  "feedback:write": ownOrAdministered,
  /** Prompts and answers. */
  "bodies:read": ownOrAdministered,
  "bodies:write": administered,
  "audit:read": adminOrViewer,
  /** Policies, aliases, presets. */
  "routing:read": everything,
  "routing:write": administered,
  "models:read": everything,
  "models:write": administered,
  "cache:read": adminOrViewer,
  "cache:write": administered,
  "system:read": adminOrViewer,
  "system:write": administered,
} as const satisfies Readonly<Record<string, Readonly<Record<Role, Reach>>>>

export type Right = keyof typeof rights

/** Whether something is changed by whoever uses this right. */
export const isWriting = (right: Right): boolean => right.endsWith(":write")
