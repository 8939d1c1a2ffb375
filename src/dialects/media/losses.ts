import type { AbilityCall, JsonObject } from "../../contract/index.ts"

export const dropParameter = (call: AbilityCall, path: string, reason: string): void =>
  call.lose({ path, action: "dropped", code: "parameter_unsupported", reason })

/** Reports the further fields that this upstream's own shape has no place for; `taken` are those that were sent. */
export const dropExtras = (call: AbilityCall, extras: JsonObject | undefined, taken: readonly string[] = []): void => {
  for (const path of Object.keys(extras ?? {}))
    if (!taken.includes(path))
      call.lose({ path, action: "dropped", code: "foreign_field", reason: "the upstream's API has no such field" })
}

/** Reports each of these that was asked for. */
export const dropAsked = (call: AbilityCall, asked: Readonly<Record<string, unknown>>, reason: string): void => {
  for (const [path, value] of Object.entries(asked)) if (value !== undefined) dropParameter(call, path, reason)
}
