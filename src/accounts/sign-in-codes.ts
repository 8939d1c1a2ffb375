import { eq, sql } from "drizzle-orm"
import { GatewayError } from "../contract/index.ts"
import type { Statement } from "../store/executor.ts"
import type { Store } from "../store/open-store.ts"
import { settings } from "../store/schema.ts"
import { type Actor, auditStatement } from "./audit/audit.ts"
import type { LimitReset } from "./principal.ts"
import { hashToken } from "./tokens.ts"

/** What makes sure that who exchanges a code is who asked for it (RFC 7636). */
export interface CodeChallenge {
  readonly method: "S256" | "plain"
  readonly value: string
}

/** What somebody allowed: a key that is made when the code is exchanged, and not before. */
export interface CodeGrant {
  /** The management key by whose right it is made. */
  readonly managerKeyId: string
  /** Of the key. */
  readonly name: string
  readonly limitNano?: number
  readonly limitReset: LimitReset
  readonly expiresAtMs?: number
  readonly projectId?: string
  readonly challenge?: CodeChallenge
  /** Whom it was allowed for, for the audit log. */
  readonly application: string
}

/**
 * Codes that applications exchange for keys. They are in the store, because another gateway of it may get the exchange, and as hashes,
 * because each is as good as the key that it leads to.
 */
export interface SignInCodes {
  /** Throws `conflict` when too many wait to be exchanged. */
  issue(grant: CodeGrant, by: Actor): Promise<{ readonly code: string; readonly createdAtMs: number }>
  /**
   * Runs `use` for whoever comes first with a code, and for nobody else, here or at another gateway; what it commits must have the
   * statements with it. A code is used up also where `use` refuses it. Throws `forbidden`.
   */
  redeem<T>(code: string, use: (grant: CodeGrant, beside: readonly Statement[]) => Promise<T>): Promise<T>
}

export interface SignInCodesOptions {
  readonly store: Pick<Store, "read" | "writer">
  readonly clock: { now(): number }
  readonly randomBytes: (count: number) => Uint8Array
}

const validMs = 600_000
/** For so long a code that has expired is told from one that never was. */
const rememberedMs = 3_600_000
/** Somebody who may make keys asks for them; no person waits for so many. */
const mostWaiting = 1_000
const codeBytes = 32

interface Kept {
  readonly grant: CodeGrant
  readonly expiresAt: number
}

const waiting = (hash: string) => `sign-in-code/${hash}`
/** A row that can be written once, by one of all gateways. */
const used = (hash: string) => `sign-in-used/${hash}`

const insert = "insert into settings (name, value) values (?, ?)"
const remove = "delete from settings where name = ?"
const prune = `delete from settings
where (name like 'sign-in-code/%' or name like 'sign-in-used/%') and json_extract(value, '$.expiresAt') < ?`

/** OpenRouter's words for it (openrouter.ai/docs, oauth), which clients look for. */
export const refusedCode = (): GatewayError => new GatewayError("forbidden", "Invalid code or code_verifier")
const expiredCode = (): GatewayError => new GatewayError("forbidden", "Authorization code expired")

export function createSignInCodes({ store, clock, randomBytes }: SignInCodesOptions): SignInCodes {
  /** Being exchanged here at this moment. */
  const busy = new Set<string>()
  const newId = () => Buffer.from(randomBytes(16)).toString("hex")

  const textOf = async (name: string): Promise<string | undefined> => {
    const [row] = await store.read.select({ value: settings.value }).from(settings).where(eq(settings.name, name))
    return row?.value
  }
  const useUp = (hash: string): readonly Statement[] => [
    { sql: insert, args: [used(hash), JSON.stringify({ expiresAt: clock.now() + validMs })] },
    { sql: remove, args: [waiting(hash)] },
  ]

  return {
    issue: async (grant, by) => {
      const createdAtMs = clock.now()
      const [counted] = await store.read
        .select({ count: sql<number>`count(*)` })
        .from(settings)
        .where(
          sql`${settings.name} like 'sign-in-code/%' and json_extract(${settings.value}, '$.expiresAt') > ${createdAtMs}`,
        )
      if ((counted?.count ?? 0) >= mostWaiting)
        throw new GatewayError("conflict", `${mostWaiting} codes wait to be exchanged. Wait until some have expired.`)
      const code = Buffer.from(randomBytes(codeBytes)).toString("base64url")
      const hash = hashToken(code)
      const kept: Kept = { grant, expiresAt: createdAtMs + validMs }
      const { challenge, ...told } = grant
      const entry = { action: "allow", kind: "sign-in-code", id: hash, before: null }
      const after = { ...told, challenge: challenge?.method ?? null }
      await store.writer.commit([
        { sql: prune, args: [createdAtMs - rememberedMs] },
        { sql: insert, args: [waiting(hash), JSON.stringify(kept)] },
        auditStatement({ ...entry, after }, by, createdAtMs, newId()),
      ])
      return { code, createdAtMs }
    },
    redeem: async (code, use) => {
      const hash = hashToken(code)
      if (busy.has(hash)) throw refusedCode()
      busy.add(hash)
      try {
        const text = await textOf(waiting(hash))
        if (text === undefined) throw refusedCode()
        const { grant, expiresAt } = JSON.parse(text) as Kept
        if (expiresAt <= clock.now()) throw expiredCode()
        try {
          return await use(grant, useUp(hash))
        } catch (thrown) {
          // Somebody else was faster, at another gateway.
          if ((await textOf(used(hash))) !== undefined) throw refusedCode()
          if (GatewayError.is(thrown) && thrown.code === "forbidden") await store.writer.commit(useUp(hash))
          throw thrown
        }
      } finally {
        busy.delete(hash)
      }
    },
  }
}
