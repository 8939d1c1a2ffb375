import type { Arguments, OptionRules } from "./arguments.ts"
import type { CliIo } from "./io.ts"

/** One command. `run` gives the exit code; it is imported only when the command is used, so that the others start fast. */
export interface Command {
  /** Words after `signalbox`, for example `keys create`. */
  readonly name: string
  readonly summary: string
  /** What stands after the name in the usage line. */
  readonly words: string
  readonly positionals: { readonly minimum: number; readonly maximum: number }
  readonly options: OptionRules
  /** Paragraphs below the options. */
  readonly notes?: string
  load(): Promise<(args: Arguments, io: CliIo) => Promise<number>>
}

const config = {
  type: "string",
  short: "c",
  value: "FILE",
  help: "configuration file (default: signalbox.yaml in this folder, if it is there)",
} as const
const dataDir = {
  type: "string",
  short: "d",
  value: "DIR",
  help: "data directory, instead of the configured one",
} as const
const json = { type: "boolean", help: "print JSON" } as const
const nothing = { minimum: 0, maximum: 0 }

const managing = {
  config,
  "data-dir": dataDir,
  url: {
    type: "string",
    value: "URL",
    help: "a running gateway elsewhere (default: the one that uses the data directory)",
  },
  "admin-key": {
    type: "string",
    value: "KEY",
    help: "management key (default: SIGNALBOX_ADMIN_KEY, or the configured one)",
  },
  json,
} as const

const withoutJson = ({ json: _, ...rest }: typeof managing) => rest

const managingNotes =
  "When a gateway runs on the data directory it is asked over HTTP, which needs the management key; otherwise the\ndatabase is opened directly."

export const commands: readonly Command[] = [
  {
    name: "serve",
    summary: "Run the gateway",
    words: "[options]",
    positionals: nothing,
    options: {
      config,
      port: { type: "string", short: "p", value: "N", help: "port to listen on; 0 = any free one" },
      host: { type: "string", short: "H", value: "ADDRESS", help: "address to listen on" },
      "data-dir": dataDir,
    },
    notes:
      "SIGHUP reads the configuration again, as does saving the file. SIGTERM and SIGINT let running answers finish\n(server.shutdown_seconds); a second signal ends at once.",
    load: async () => (await import("./serve.ts")).serveCommand,
  },
  {
    name: "check",
    summary: "Check a configuration file or a plugin",
    words: "[FILE | PLUGIN] [options]",
    positionals: { minimum: 0, maximum: 1 },
    options: { schema: { type: "boolean", help: "print the JSON Schema of the configuration, for editors" }, config },
    notes: "Exit code 0: fine. 1: the plugin fails a case. 2: the configuration has mistakes, all of which are listed.",
    load: async () => (await import("./check.ts")).checkCommand,
  },
  {
    name: "plan",
    summary: "Replay recorded requests in another configuration, and tell what would change",
    words: "NEW.yaml [options]",
    positionals: { minimum: 1, maximum: 1 },
    options: {
      last: { type: "string", short: "l", value: "TIME", help: "how far to go back: 90m, 24h (default), 7d" },
      health: {
        type: "string",
        value: "HOW",
        help: "well (default): all upstreams work; recorded: what failed is left alone for its cool-down",
      },
      limit: { type: "string", value: "N", help: "rows per table (default: 20, with --json all)" },
      seed: { type: "string", value: "N", help: "another number draws differently where chance decides" },
      config: {
        ...config,
        help: "the configuration that serves now, whose data directory is read (default: signalbox.yaml)",
      },
      "data-dir": dataDir,
      json,
    },
    notes:
      "Nothing is called, written or listened on; a gateway may go on running on the data directory. Of a recorded request\nit is known what it asked for and used, not its text: guardrails, transforms and remembered answers are not replayed.",
    load: async () => (await import("./plan/plan.ts")).planCommand,
  },
  {
    name: "init",
    summary: "Write a commented configuration file and its schema",
    words: "[FILE] [options]",
    positionals: { minimum: 0, maximum: 1 },
    options: { force: { type: "boolean", short: "f", help: "overwrite files that are there" } },
    load: async () => (await import("./init.ts")).initCommand,
  },
  {
    name: "keys create",
    summary: "Make an inference key and print it once",
    words: "NAME [options]",
    positionals: { minimum: 1, maximum: 1 },
    options: {
      limit: { type: "string", value: "USD", help: "USD that may be spent per window" },
      "limit-reset": { type: "string", value: "WHEN", help: "daily, weekly, monthly or never (default)" },
      "expires-at": { type: "string", value: "TIME", help: "date-time with time zone: 2030-01-31T00:00:00Z" },
      strict: { type: "boolean", help: "refuse requests that would lose something in translation" },
      models: { type: "string", value: "A,B", help: "models and patterns it may use, like anthropic/*; default: all" },
      "default-model": { type: "string", value: "NAME", help: "model, policy or preset for requests that name none" },
      provider: { type: "string", value: "JSON", help: 'provider preferences of its requests: {"zdr":true}' },
      cache: { type: "string", value: "WHEN", help: "on or off: whether answers are remembered" },
      "stream-recovery": { type: "string", value: "HOW", help: "error or continue: when an answer breaks off" },
      priority: { type: "string", value: "N", help: "place in the queues of busy upstreams; higher goes first" },
      "owner-member": {
        type: "string",
        value: "MEMBER",
        help: "whose it is: address or id; default: the organisation's",
      },
      "service-account": { type: "string", value: "NAME", help: "the service account whose it is: name or id" },
      group: {
        type: "string",
        value: "GROUP",
        help: "the group whose it is, or with a member or service account whose money it spends: name or id",
      },
      label: { type: "string", value: "K=V,K=V", help: "labels, for people" },
      rpm: { type: "string", value: "N", help: "requests a minute" },
      tpm: { type: "string", value: "N", help: "tokens a minute, input and output" },
      concurrency: { type: "string", value: "N", help: "requests in flight" },
      read: { type: "boolean", help: "it may read the management API as well" },
      ...managing,
    },
    notes: managingNotes,
    load: async () => (await import("./keys.ts")).createKeyCommand,
  },
  {
    name: "usage",
    summary: "Show what was used",
    words: "[options]",
    positionals: nothing,
    options: {
      from: { type: "string", value: "TIME", help: "a date or a time (default: 30 days before the end)" },
      to: { type: "string", value: "TIME", help: "until then (default: now)" },
      by: { type: "string", value: "NAMES", help: "group by these, with commas: model,key,extra.Repo" },
      resolution: { type: "string", value: "WORD", help: "sums of each hour, day, week or month" },
      where: { type: "string", value: "FILTER", help: "as in an address: 'model=a/*&group=x'" },
      percentiles: { type: "string", value: "NUMBERS", help: "of times, as in 50,95" },
      format: { type: "string", value: "FORMAT", help: "table, csv or jsonl (default: table)" },
      ...withoutJson(managing),
    },
    notes: managingNotes,
    load: async () => (await import("./usage-report.ts")).usageReportCommand,
  },
  {
    name: "keys list",
    summary: "List keys",
    words: "[options]",
    positionals: nothing,
    options: managing,
    notes: managingNotes,
    load: async () => (await import("./keys.ts")).listKeysCommand,
  },
  {
    name: "keys disable",
    summary: "Switch a key off",
    words: "NAME|ID [options]",
    positionals: { minimum: 1, maximum: 1 },
    options: managing,
    notes: managingNotes,
    load: async () => (await import("./keys.ts")).disableKeyCommand,
  },
  {
    name: "plugin new",
    summary: "Write a plugin to start from",
    words: "KIND NAME [options]",
    positionals: { minimum: 2, maximum: 2 },
    options: { dir: { type: "string", value: "DIR", help: "folder to write into (default: ./plugins)" } },
    notes: "KIND is provider, guardrail, cache, strategy, transform, sink, search, notifier or detector.",
    load: async () => (await import("./plugin.ts")).newPluginCommand,
  },
  {
    name: "models",
    summary: "List the models that can be asked",
    words: "[options]",
    positionals: nothing,
    options: {
      refresh: { type: "boolean", help: "fetch public facts and the providers' own lists first" },
      force: { type: "boolean", help: "with --refresh: take lists that have far fewer models than before" },
      provider: { type: "string", value: "ID", help: "only the models of this provider" },
      offline: { type: "boolean", help: "ask nobody: the configuration, and what is built in or kept" },
      ...managing,
    },
    notes:
      "A running gateway is asked. Without one the configuration is loaded for this command only, with what the data\ndirectory keeps; what --refresh fetches is kept there. Where catalog.air_gapped is on, nothing is fetched.",
    load: async () => (await import("./models.ts")).modelsCommand,
  },
  {
    name: "connect",
    summary: "Configure a coding agent for this gateway",
    words: "CLIENT [options]",
    positionals: { minimum: 1, maximum: 1 },
    options: {
      url: {
        type: "string",
        value: "URL",
        help: "the gateway's address (default: server.public_url, or where the configuration listens)",
      },
      model: { type: "string", short: "m", value: "MODEL", help: "model to ask for (default: default_model)" },
      key: { type: "string", short: "k", value: "KEY", help: "inference key (default: SIGNALBOX_KEY)" },
      write: { type: "boolean", short: "w", help: "merge it into the client's own file, of which a copy is kept" },
      config,
    },
    notes:
      "CLIENT is claude-code, codex, opencode, pi, qwen-code, cline, roo, cowork or gemini-cli. Without --write the\nconfiguration is printed and nothing is touched. A running gateway shows the same at /docs/agents.",
    load: async () => (await import("./connect/connect.ts")).connectCommand,
  },
  {
    name: "version",
    summary: "Print the version",
    words: "[options]",
    positionals: nothing,
    options: { json },
    load: async () => (await import("./version.ts")).versionCommand,
  },
]
