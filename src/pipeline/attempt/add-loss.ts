import type { Loss } from "../../contract/index.ts"

const isSame = (one: Loss) => (other: Loss) => one.path === other.path && one.action === other.action

/** Adds a loss once. */
export function addLoss(losses: Loss[], loss: Loss, known: readonly Loss[] = losses): void {
  if (!losses.some(isSame(loss)) && (known === losses || !known.some(isSame(loss)))) losses.push(loss)
}
