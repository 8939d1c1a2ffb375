/** There is one organisation; it is no object until somebody changes it. */
export const organisationId = "organisation"

/** How OpenRouter's clients name the project that is always there: they want a UUID. */
export const defaultWorkspace = "00000000-0000-4000-8000-000000000000"

/** Always the same UUID for the same names: of what has no id of its own, and is there with something else. */
export function derivedId(...names: readonly string[]): string {
  const hex = new Bun.CryptoHasher("sha256").update(JSON.stringify(names)).digest("hex")
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
