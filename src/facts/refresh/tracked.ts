import { dayMs } from "../../store/windows.ts"
import type { StoredDocument } from "./documents.ts"
import type { Content } from "./packed.ts"

const firstWaitMs = 600_000
const longestWaitMs = 6 * 3_600_000

/** What is known of one document while the process lives. */
export class Tracked {
  /** The last good copy, without its body. */
  copy: Omit<StoredDocument, "body"> | undefined
  content: Omit<Content, "lists"> | undefined
  #hash: number | bigint | undefined
  /** In a row. */
  failures = 0
  error: string | undefined
  #triedAt = 0
  #warnedAt: number | undefined

  constructor(readonly name: string) {}

  /** Milliseconds UTC. */
  get checkedAt(): number | undefined {
    return this.copy?.checkedAt
  }

  kept({ body, ...copy }: StoredDocument, { lists: _, ...content }: Content): void {
    this.copy = copy
    this.content = content
    this.#hash = Bun.hash(body)
  }

  /** Many servers give no tag, and the same list every day. */
  isSame(url: string, body: Uint8Array): boolean {
    return this.copy?.url === url && this.#hash === Bun.hash(body)
  }

  unchanged(checkedAt: number): void {
    if (this.copy) this.copy = { ...this.copy, checkedAt }
  }

  succeeded(): void {
    this.failures = 0
    this.error = undefined
  }

  /** Gives whether somebody should be told: once a day is enough. */
  failed(error: string, now: number): boolean {
    this.failures++
    this.error = error
    this.#triedAt = now
    if (this.#warnedAt !== undefined && now - this.#warnedAt < dayMs) return false
    this.#warnedAt = now
    return true
  }

  /** When the document at `url` is to be asked for; 0 = at once. After failures sooner than usual, but ever more seldom. */
  dueAt(url: string, refreshMs: number, now: number): number {
    if (this.failures > 0) {
      const wait = Math.min(firstWaitMs * 2 ** (this.failures - 1), longestWaitMs)
      return this.#triedAt + Math.max(firstWaitMs, Math.min(wait, refreshMs))
    }
    // A moment to come was written by a clock that went wrong.
    if (this.copy === undefined || this.copy.url !== url || this.copy.checkedAt > now) return 0
    return this.copy.checkedAt + refreshMs
  }
}
