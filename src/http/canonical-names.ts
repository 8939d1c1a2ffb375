import { canonicalName } from "../pipeline/access/access.ts"
import { knownSnapshot } from "./listing.ts"
import type { HttpServices } from "./services.ts"

/** The name by which a model is known everywhere, for lists that somebody writes. */
export async function canonicalNames(services: HttpServices): Promise<(name: string) => string> {
  const snapshot = await knownSnapshot(services)
  return (name) => canonicalName(snapshot, name)
}
