import type { ErrorCode, Profile, Retry } from "signalbox/plugin"

/** A setting of `options:` that fills a placeholder of the base URL. */
export interface UrlOption {
  readonly description: string
  /** Values are put into a host or path, so only harmless characters may pass. */
  readonly pattern: RegExp
}

/** A failure that this vendor words in a way the dialect's general rules would read wrongly. */
export interface ErrorQuirk {
  readonly status?: readonly number[]
  /** Tested against the whole body. */
  readonly body?: RegExp
  readonly code: ErrorCode
  readonly retry?: Retry
  /** In place of the upstream's own words, where it has none. */
  readonly message?: string
}

/** What holds for some of a vendor's models, on top of its profile. Every rule that matches applies, later ones win. */
export interface ModelRule {
  /** Tested against the upstream's own model name. */
  readonly match: RegExp
  readonly profile: Profile
}

/** One upstream that speaks chat completions, or one of OpenAI's other routes, as data. */
export interface Vendor {
  readonly slug: string
  readonly name: string
  /** Without a slash at its end; `{name}` is filled from `options.name`. Absent: YAML must give `base_url`. */
  readonly baseUrl?: string
  /** Variables with the usual key, best known first. */
  readonly environment?: readonly string[]
  /** Country or `eu`/`us`, only where the host serves from nowhere else. */
  readonly region?: string
  /** Answers without a key. */
  readonly keyless?: boolean
  /** Started only when YAML names it. */
  readonly explicit?: boolean
  /** Default: `authorization: Bearer KEY`. */
  readonly auth?: { readonly header: string; readonly prefix: string }
  readonly urlOptions?: Readonly<Record<string, UrlOption>>
  /** Its models talk. Default true; otherwise the vendor is there for its abilities alone. */
  readonly chat?: boolean
  readonly profile?: Profile
  readonly models?: readonly ModelRule[]
  readonly errors?: readonly ErrorQuirk[]
}
