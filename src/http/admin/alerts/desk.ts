import type { AlertDesk } from "../../../accounts/alerts/manage.ts"
import type { HttpServices } from "../../services.ts"

/** What the rules about alerts are asked with. */
export const alertDesk = ({ directory, pipeline, seal, keys, newId }: HttpServices): AlertDesk => ({
  directory,
  config: () => pipeline.snapshot().config,
  seal,
  hasKey: (keyId) => keys.get(keyId) !== undefined,
  hasNotifier: (name) => pipeline.snapshot().roster.notifiers.has(name),
  newId,
})
