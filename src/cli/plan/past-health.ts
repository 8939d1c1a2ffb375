import { Health, type UpstreamSettings } from "../../catalog/health/health.ts"
import { unlimited } from "../../catalog/health/places.ts"
import type { Config } from "../../config/config.ts"
import { type AttemptRecord, type ErrorCode, errorCodes, GatewayError } from "../../contract/index.ts"
import { endingOf } from "../../pipeline/attempt/verdict.ts"
import { keyOf } from "../../pipeline/sticky/stick.ts"

const isCode = (code: string): code is ErrorCode => Object.hasOwn(errorCodes, code)

/** Whoever waits for nothing needs no timer. */
const noTimer = () => () => {}

/** How upstreams were doing, as far as recorded attempts tell: what failed is left alone for its cool-down. Without any, all are well. */
export class PastHealth {
  readonly #health: Health

  constructor({ cooldown, providers }: Pick<Config, "cooldown" | "providers">) {
    const upstreams = new Map(
      providers.map(({ id, apiKeys }): [string, UpstreamSettings] => [
        id,
        { limits: unlimited, credentials: apiKeys?.length ?? 1, mark: "" },
      ]),
    )
    this.#health = new Health({ failures: cooldown.failures, cooldownMs: cooldown.ms, upstreams }, noTimer)
  }

  get health(): Health {
    return this.#health
  }

  note(attempts: readonly AttemptRecord[]): void {
    for (const attempt of attempts) {
      const { outcome, code, status, startedAt, durationMs, credential = 1 } = attempt
      if (outcome === "cancelled" || (outcome === "failed" && (code === undefined || !isCode(code)))) continue
      const visit = this.#health.visit(keyOf(attempt), credential - 1, startedAt, "aside")
      const error =
        outcome === "failed" && code !== undefined && isCode(code)
          ? new GatewayError(code, attempt.reason ?? code, status > 0 ? { upstreamStatus: status } : {})
          : undefined
      visit.ended(startedAt + durationMs, endingOf(error, { usage: undefined, finishReason: undefined }))
    }
  }
}
