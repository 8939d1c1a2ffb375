/** The coding agents that are tried for real: exact versions, and how each runs a task without a terminal. */
export interface RealAgent {
  /** As `signalbox connect` calls it. */
  readonly name: string
  readonly package: string
  readonly version: string
  /** The program inside the package's folder; `bun` in front where the system's Node may be too old for it. */
  readonly program: readonly string[]
  readonly words: (task: { readonly prompt: string; readonly model: string }) => readonly string[]
  /**
   * A name that the agent knows: its vendor's own model, elsewhere an alias of the family's one. Then it sends what it sends to its own vendor (efforts, built-in tools,
   * betas) instead of the least that any model understands.
   */
  readonly ownModel?: string
  /** Switches off whatever would call somebody else. */
  readonly env: Readonly<Record<string, string>>
}

export const realAgents: readonly RealAgent[] = [
  {
    name: "claude-code",
    package: "@anthropic-ai/claude-code",
    version: "2.1.328",
    program: ["node_modules/.bin/claude"],
    words: ({ prompt }) => ["-p", prompt, "--allowedTools", "Bash", "Read", "Edit"],
    ownModel: "claude-opus-5-5",
    env: {
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
      DISABLE_AUTOUPDATER: "1",
      DISABLE_TELEMETRY: "1",
      CLAUDE_CODE_MAX_RETRIES: "1",
    },
  },
  {
    name: "codex",
    package: "@openai/codex",
    version: "0.169.0",
    program: ["node_modules/.bin/codex"],
    words: ({ prompt }) => ["exec", "--skip-git-repo-check", "--dangerously-bypass-approvals-and-sandbox", prompt],
    ownModel: "gpt-5.5",
    env: {},
  },
  {
    name: "opencode",
    package: "opencode-ai",
    version: "1.18.33",
    program: ["node_modules/.bin/opencode"],
    words: ({ prompt, model }) => ["run", "-m", `signalbox/${model}`, prompt],
    env: { OPENCODE_DISABLE_MODELS_FETCH: "1", OPENCODE_DISABLE_AUTOUPDATE: "1", OPENCODE_DISABLE_LSP_DOWNLOAD: "1" },
  },
  {
    name: "pi",
    package: "@earendil-works/pi-coding-agent",
    version: "0.87.1",
    program: ["bun", "node_modules/@earendil-works/pi-coding-agent/dist/bundle/cli.js"],
    words: ({ prompt, model }) => ["-p", "--model", `signalbox/${model}`, prompt],
    env: { PI_OFFLINE: "1" },
  },
]
