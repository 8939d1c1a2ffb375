import type { Static, TSchema } from "@sinclair/typebox"
import type { Cache } from "./cache.ts"
import type { CallInfo, Detector, Guardrail, Search, Sink, Strategy, Transform } from "./capabilities.ts"
import type { Notifier } from "./notifier.ts"
import type { ProviderDefinition } from "./provider.ts"
import type { RowBounds, Rows } from "./rows.ts"

/** The version of this contract. A plugin that speaks another is refused by name. */
export const CONTRACT = 1

/** A plugin is a value without side effects; everything happens in `setup`. */
export interface Plugin<O extends TSchema = TSchema> {
  /** kebab-case, unique in a roster. A plugin of the folder with a built-in's name replaces it. */
  readonly name: string
  readonly contract: typeof CONTRACT
  readonly description?: string
  /** TypeBox schema of `options:`; unknown keys are refused, defaults filled in. */
  readonly options: O
  /** Cross-field checks; pure; throw an Error that says what to change. */
  validate?(options: Static<O>): void
  setup(options: Static<O>, context: PluginContext): Capabilities | Promise<Capabilities>
}

export interface Logger {
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void
  info(message: string, fields?: Readonly<Record<string, unknown>>): void
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void
  error(message: string, fields?: Readonly<Record<string, unknown>>): void
}

/** Namespaced by plugin; values are JSON text. Survives restarts. */
export interface Storage {
  get(key: string): Promise<string | undefined>
  set(key: string, value: string, ttlMs?: number): Promise<void>
  delete(key: string): Promise<void>
}

/** Everything a plugin may touch. No console, no process.env, no global fetch, no timer that outlives `signal`. */
export interface PluginContext {
  readonly log: Logger
  readonly fetch: typeof fetch
  /** An environment variable or `secrets:` value that the configuration names for this plugin; redacted in logs. Throws if unset. */
  secret(name: string): string
  readonly storage: Storage
  /** Many rows of bytes, within bounds. There is one such store per plugin; asked for again, the last bounds hold. */
  rows(bounds: RowBounds): Rows
  /**
   * Vectors of texts, in their order, by an embedding model of any configured upstream, under its public name. The call that it is done for
   * pays: it stands in the ledger under the same key. Throws GatewayError like any other request.
   */
  embed(model: string, texts: readonly string[], call: CallInfo): Promise<readonly Float32Array[]>
  /** A value that survives reloads of this plugin as long as some instance holds it. */
  shared<T>(key: string, create: () => T): T
  /** Aborted when this instance must go. */
  readonly signal: AbortSignal
  readonly clock: { now(): number }
  /** Run last-in first-out when the instance goes, also after a failed setup. */
  onDispose(task: () => void | Promise<void>): void
}

/** What a plugin gives; see each interface for its duties, how several combine and what a throw means. */
export interface Capabilities {
  readonly providers?: readonly ProviderDefinition[]
  readonly guardrails?: readonly Guardrail[]
  readonly caches?: readonly Cache[]
  readonly strategies?: readonly Strategy[]
  readonly transforms?: readonly Transform[]
  readonly sinks?: readonly Sink[]
  readonly searches?: readonly Search[]
  readonly notifiers?: readonly Notifier[]
  readonly detectors?: readonly Detector[]
}

export const capabilityKinds = [
  "providers",
  "guardrails",
  "caches",
  "strategies",
  "transforms",
  "sinks",
  "searches",
  "notifiers",
  "detectors",
] as const

/** Keeps the option type while a plugin is written; returns its argument. */
export const definePlugin = <O extends TSchema>(plugin: Plugin<O>): Plugin<O> => plugin
