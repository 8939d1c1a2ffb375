import type { Principal } from "../principal.ts"

/** Keys that belong to something: they are its own, or spend its money. */
export const keysOf = (
  keys: readonly Principal[],
  kind: "member" | "service-account" | "group" | "project",
  id: string,
): readonly Principal[] =>
  keys.filter(({ details }) => {
    if (kind === "project") return details?.projectId === id
    if (details?.owner?.kind === kind && details.owner.id === id) return true
    return kind === "group" && details?.groupId === id
  })

/** Whether a key could still be used. */
export const isActive = ({ disabled, expiresAtMs }: Principal, now: number): boolean =>
  !disabled && (expiresAtMs === undefined || expiresAtMs > now)

/** For messages: how many there are, and how some are called. */
export const namesOf = (keys: readonly Principal[]): string => {
  const shown = keys.slice(0, 3).map(({ name }) => `"${name}"`)
  return `${keys.length} ${keys.length === 1 ? "key" : "keys"} (${shown.join(", ")}${keys.length > 3 ? ", …" : ""})`
}
