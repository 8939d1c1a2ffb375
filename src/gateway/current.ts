import { environmentSecrets } from "../catalog/provider.ts"
import { inSlices } from "../catalog/steps.ts"
import type { Config } from "../config/config.ts"
import { GatewayError, type KnownModels, messageOf } from "../contract/index.ts"
import { type Declared, nothingDeclared } from "../declarations/declared.ts"
import type { Roster } from "../host/roster.ts"
import type { Snapshot } from "../pipeline/services.ts"
import type { RootLogger } from "../telemetry/logger.ts"
import { steadyNow } from "./clock.ts"
import { type Built, buildSnapshot, snapshotSteps } from "./snapshot.ts"

/**
 * The one reference that a reload swaps. A new roster and a new configuration lead here the same way: the next snapshot is built
 * whole beside the current one, and takes its place only when nothing was wrong with it.
 */
export class Current {
  readonly #env: Readonly<Record<string, string | undefined>>
  readonly #log: RootLogger
  readonly #declared: () => Declared
  readonly #known: KnownModels | undefined
  #config: Config
  #built: Built | undefined
  #version = 0
  /** How often more became known, and how often it had when the current snapshot was built. */
  #learned = 0
  #builtAt = 0
  #learning: Promise<void> | undefined
  #onTake: (snapshot: Snapshot) => void = () => {}
  /** A configuration that asks for what it cannot have is refused; when a plugin goes, its providers go and the rest stays. */
  #strict = true

  constructor(
    config: Config,
    env: Readonly<Record<string, string | undefined>>,
    log: RootLogger,
    declared: () => Declared = () => nothingDeclared,
    known?: KnownModels,
  ) {
    this.#known = known
    this.#config = config
    this.#env = env
    this.#log = log
    this.#declared = declared
  }

  get snapshot(): Snapshot {
    if (!this.#built) throw new GatewayError("server_stopping", "The gateway is starting.")
    return this.#built.snapshot
  }

  get problems(): readonly string[] {
    return this.#built?.problems ?? []
  }

  /** The roster's `onSwap`. Throws to keep the old roster. */
  readonly adopt = (roster: Roster): void => {
    this.#log.hide(
      ...environmentSecrets(
        roster.providers.values().map(({ definition }) => definition),
        this.#env,
      ),
    )
    const built = buildSnapshot(...this.#given(roster, this.#builtAt === this.#learned))
    const worse = built.problems.filter((problem) => !this.problems.includes(problem))
    if (this.#strict && this.#built && worse.length > 0) throw new GatewayError("conflict", worse.join("\n"))
    this.#builtAt = this.#learned
    this.#take(built)
  }

  /** The same configuration and roster with what was declared meanwhile. Requests under way keep what they have. */
  readonly rebuild = (): void => {
    if (this.#built) this.#take(buildSnapshot(...this.#given(this.#built.snapshot.roster, true)))
  }

  /**
   * The same with what became known meanwhile. Names of thousands of models are put together beside the requests that run, which have the
   * snapshot before until then. Never rejects.
   */
  readonly learn = (): Promise<void> => {
    this.#learned++
    if (!this.#built) return Promise.resolve()
    this.#learning ??= this.#learn()
    return this.#learning
  }

  async #learn(): Promise<void> {
    while (this.#built && this.#builtAt !== this.#learned) {
      const learned = this.#learned
      try {
        const built = await this.#builtBeside(this.#built, learned)
        if (!built) continue
        this.#builtAt = learned
        this.#take(built)
      } catch (thrown) {
        this.#builtAt = learned
        this.#log.error("what became known of models cannot be taken in", { error: messageOf(thrown) })
      }
    }
    this.#learning = undefined
  }

  /** Undefined where something was declared or reloaded meanwhile, or more became known. */
  async #builtBeside(before: Built, learned: number): Promise<Built | undefined> {
    const built = await inSlices(snapshotSteps(...this.#given(before.snapshot.roster, false)), steadyNow)
    await inSlices(built.snapshot.catalog.prepare(), steadyNow)
    return this.#built === before && this.#learned === learned ? built : undefined
  }

  #given(roster: Roster, knowsAsMuch: boolean): Parameters<typeof snapshotSteps> {
    const catalog = this.#built?.snapshot.catalog
    const before = catalog && { catalog, knowsAsMuch }
    return [this.#config, roster, this.#env, this.#version + 1, this.#declared(), this.#known, before]
  }

  #take(built: Built): void {
    for (const problem of built.problems)
      if (!this.problems.includes(problem)) this.#log.error("a part of the configuration does not work", { problem })
    this.#version++
    this.#built = built
    this.#onTake(built.snapshot)
  }

  /** `listener` sees every snapshot that takes its place. */
  onTake(listener: (snapshot: Snapshot) => void): void {
    this.#onTake = listener
  }

  /** Runs a swap under another configuration; takes it back when the swap did not happen. */
  async under<T extends { readonly ok: boolean }>(config: Config, swap: () => Promise<T>): Promise<T> {
    const before = this.#config
    this.#config = config
    this.#strict = true
    try {
      const result = await swap()
      if (!result.ok) this.#config = before
      return result
    } catch (thrown) {
      this.#config = before
      throw thrown
    } finally {
      this.#strict = false
    }
  }
}
