import { type Agent, type AgentTarget, keyPlaceholder, keyVariable, modelOf } from "./agent.ts"

const keyOf = ({ key }: AgentTarget): string => key ?? keyPlaceholder

/** Single quotes where a shell would read more into the text than it says. */
const quoted = (text: string): string => (/^[\w@%+=:,./$-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`)

const claudeNames = (model: string) => ({
  ANTHROPIC_MODEL: model,
  ANTHROPIC_DEFAULT_OPUS_MODEL: model,
  ANTHROPIC_DEFAULT_SONNET_MODEL: model,
  ANTHROPIC_DEFAULT_HAIKU_MODEL: model,
})

/** What each client's configuration looks like. One table for `signalbox connect`, the page at /docs/agents and the README. */
export const agents: readonly Agent[] = [
  {
    name: "claude-code",
    title: "Claude Code",
    api: "Messages",
    path: "",
    keyIn: "file",
    files: [
      {
        folder: "~/.claude",
        movedBy: "CLAUDE_CONFIG_DIR",
        names: ["settings.json"],
        form: "json",
        content: (target) => ({
          env: {
            ANTHROPIC_BASE_URL: target.url,
            ANTHROPIC_AUTH_TOKEN: keyOf(target),
            CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY: "1",
            ...(target.model === undefined ? {} : claudeNames(target.model)),
          },
        }),
      },
    ],
    start: () => "claude",
    notes: [
      "Without a model it asks for Claude by bare names (claude-opus-5-5), which the provider `anthropic` or an alias must offer; with a model, opus, sonnet and haiku all mean that one.",
    ],
  },
  {
    name: "codex",
    title: "Codex",
    api: "Responses",
    path: "/v1",
    keyIn: "environment",
    files: [
      {
        folder: "~/.codex",
        movedBy: "CODEX_HOME",
        names: ["config.toml"],
        form: "toml",
        content: (target) => ({
          model: modelOf(target),
          model_provider: "signalbox",
          model_providers: {
            signalbox: {
              name: "signalbox",
              base_url: `${target.url}/v1`,
              env_key: keyVariable,
              wire_api: "responses",
            },
          },
        }),
      },
    ],
    start: () => "codex",
    notes: ["It speaks the Responses API only; any model of the gateway will do."],
  },
  {
    name: "opencode",
    title: "OpenCode",
    api: "Messages",
    path: "/v1",
    keyIn: "environment",
    files: [
      {
        folder: "~/.config/opencode",
        movedBy: "XDG_CONFIG_HOME/opencode",
        names: ["opencode.json", "opencode.jsonc"],
        form: "json",
        content: (target) => ({
          $schema: "https://opencode.ai/config.json",
          model: `signalbox/${modelOf(target)}`,
          small_model: `signalbox/${modelOf(target)}`,
          provider: {
            signalbox: {
              npm: "@ai-sdk/anthropic",
              name: "signalbox",
              options: { baseURL: `${target.url}/v1`, apiKey: target.key ?? `{env:${keyVariable}}` },
              models: { [modelOf(target)]: {} },
            },
          },
        }),
      },
    ],
    start: () => "opencode",
    notes: [
      "`small_model` names the chats; without it OpenCode looks for a model of its own.",
      "`npm` may as well be @ai-sdk/openai (Responses) or @ai-sdk/openai-compatible (Chat Completions, which has no place for Claude's signed thinking), with the same base URL.",
    ],
  },
  {
    name: "pi",
    title: "Pi",
    api: "Messages",
    path: "",
    keyIn: "environment",
    files: [
      {
        folder: "~/.pi/agent",
        movedBy: "PI_CODING_AGENT_DIR",
        names: ["models.json"],
        form: "json",
        content: (target) => ({
          providers: {
            signalbox: {
              baseUrl: target.url,
              api: "anthropic-messages",
              apiKey: target.key ?? keyPlaceholder,
              models: [{ id: modelOf(target), reasoning: true }],
            },
          },
        }),
      },
      {
        folder: "~/.pi/agent",
        movedBy: "PI_CODING_AGENT_DIR",
        names: ["settings.json"],
        form: "json",
        content: (target) => ({ defaultProvider: "signalbox", defaultModel: modelOf(target) }),
      },
    ],
    start: (target) => `pi --model ${quoted(`signalbox/${modelOf(target)}`)}`,
    notes: [
      "`api` may as well be openai-responses or openai-completions, with /v1 behind the base URL; by openai-completions Claude's thinking is lost between tool calls.",
    ],
  },
  {
    name: "qwen-code",
    title: "Qwen Code",
    api: "Chat Completions",
    path: "/v1",
    keyIn: "file",
    files: [
      {
        folder: "~/.qwen",
        names: [".env"],
        form: "env",
        content: (target) => ({
          OPENAI_BASE_URL: `${target.url}/v1`,
          OPENAI_API_KEY: keyOf(target),
          OPENAI_MODEL: modelOf(target),
        }),
      },
      {
        folder: "~/.qwen",
        names: ["settings.json"],
        form: "json",
        content: () => ({ security: { auth: { selectedType: "openai" } } }),
      },
    ],
    start: () => "qwen",
    notes: ["Variables of the shell win over the file."],
  },
  {
    name: "cline",
    title: "Cline",
    api: "Chat Completions",
    path: "/v1",
    keyIn: "command",
    files: [],
    command: (target) =>
      `cline auth openai-compatible -k ${target.key === undefined ? `"${keyPlaceholder}"` : quoted(target.key)} -m ${quoted(modelOf(target))} --baseurl ${quoted(`${target.url}/v1`)}`,
    start: (target) => `cline -P openai-compatible -m ${quoted(modelOf(target))}`,
    notes: ["In the editor: API provider “OpenAI Compatible”, with the same base URL, key and model."],
  },
  {
    name: "roo",
    title: "Roo Code",
    api: "Chat Completions",
    path: "/v1",
    keyIn: "file",
    files: [
      {
        folder: "~/.roo",
        names: ["signalbox-settings.json"],
        form: "json",
        content: (target) => ({
          providerProfiles: {
            currentApiConfigName: "signalbox",
            apiConfigs: {
              signalbox: {
                id: "signalbox",
                apiProvider: "openai",
                openAiBaseUrl: `${target.url}/v1`,
                openAiApiKey: keyOf(target),
                openAiModelId: modelOf(target),
              },
            },
          },
          globalSettings: {},
        }),
      },
    ],
    start: () => "Settings → About → Import",
    notes: [
      "The extension keeps its settings to itself: import this file once, or name it in VS Code's setting `roo-cline.autoImportSettingsPath`.",
    ],
  },
  {
    name: "cowork",
    title: "Claude Cowork",
    api: "Messages",
    path: "",
    keyIn: "file",
    needsHttps: true,
    files: [
      {
        folder: { darwin: "~/Library/Application Support/Claude-3p", win32: "~/AppData/Roaming/Claude-3p" },
        names: ["claude_desktop_config.json"],
        form: "json",
        content: (target) => ({
          enterpriseConfig: {
            inferenceProvider: "gateway",
            inferenceGatewayBaseUrl: target.url,
            inferenceGatewayApiKey: keyOf(target),
            inferenceGatewayAuthScheme: "bearer",
            // Values of managed preferences are strings, lists too.
            ...(target.model === undefined ? {} : { inferenceModels: JSON.stringify([target.model]) }),
          },
        }),
      },
    ],
    start: () => "Quit the app and open it again",
    notes: [
      "The app takes https:// only: put a reverse proxy with a certificate in front and set `server.public_url`.",
      "For many machines the same keys go into a managed configuration: preference domain com.anthropic.claudefordesktop (macOS), HKLM\\SOFTWARE\\Policies\\Claude (Windows). It wins over the file.",
      "Without `inferenceModels` it reads GET /v1/models and shows the Claude models among them; offer an Opus, a Sonnet and a Haiku.",
    ],
  },
  {
    name: "gemini-cli",
    title: "Gemini CLI",
    api: "Gemini",
    path: "",
    keyIn: "file",
    files: [
      {
        folder: "~/.gemini",
        names: [".env"],
        form: "env",
        content: (target) => ({
          GOOGLE_GEMINI_BASE_URL: target.url,
          GEMINI_API_KEY: keyOf(target),
          GEMINI_MODEL: modelOf(target),
        }),
      },
      {
        folder: "~/.gemini",
        names: ["settings.json"],
        form: "json",
        content: () => ({ security: { auth: { selectedType: "gemini-api-key" } } }),
      },
    ],
    start: () => "gemini",
    notes: ["It reads `.env` of the working folder first."],
  },
]
