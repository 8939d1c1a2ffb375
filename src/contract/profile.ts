/**
 * What an upstream wants differently from the plain form of its dialect. Declarative, so that a vendor is a row of data.
 * Every flag is optional; absent means the dialect's normal behaviour. A format in front of a comment says which of the house's reads the
 * flag; without one all do that have such a thing. A plugin's own dialect reads those that fit it. Sources: each vendor's API reference,
 * see the rows.
 */
export interface Profile {
  /** chat-completions, responses: takes role `developer`; otherwise it is sent as `system`. Default true. */
  readonly developerRole?: boolean
  /** chat-completions: the field for the output limit. Default `max_tokens`. */
  readonly maxTokensField?: "max_tokens" | "max_completion_tokens"
  /** chat-completions: how reasoning is asked for. Default `effort` (`reasoning_effort`). responses: `none` is the only one that says something. */
  readonly reasoningFormat?:
    | "effort"
    | "openrouter"
    | "deepseek"
    | "qwen"
    | "zai"
    | "together"
    | "moonshot"
    | "chat-template"
    | "none"
  /** chat-completions: the field that `chat-template` switches thinking in. Default `chat_template_kwargs`; Baseten has its own. */
  readonly templateField?: "chat_template_kwargs" | "chat_template_args"
  /** Efforts that the upstream does not know, mapped to ones it does. */
  readonly effortMap?: Readonly<Record<string, string>>
  /** `strict` on tools is understood. Default true. */
  readonly strictTools?: boolean
  /** chat-completions: takes `stream_options.include_usage`. Default true. */
  readonly usageInStream?: boolean
  /** chat-completions: earlier assistant turns must carry their reasoning in this field. Default: none is sent. */
  readonly reasoningEcho?: "reasoning_content" | "reasoning" | "reasoning_details"
  /** chat-completions: which assistant turns are echoed: all, or only those after the last user message. Default `all`. */
  readonly reasoningEchoTurns?: "all" | "current"
  /** chat-completions: an echoed turn without reasoning carries an empty string, because the field must be there. Default false. */
  readonly reasoningEchoEmpty?: boolean
  /**
   * chat-completions: takes tools and turns of role `tool`. Default true; otherwise tools are dropped with a loss, and tool calls
   * and results of earlier turns are written as text.
   */
  readonly tools?: boolean
  /** chat-completions: takes free-text tools (`type: custom`). Default true; otherwise they are sent as functions with one text argument. */
  readonly customTools?: boolean
  /** chat-completions: the field for a budget of thinking tokens beside `chat-template`'s switch. Absent: there is none. */
  readonly budgetField?: string
  /** chat-completions: a history with tool calls is refused without `tools`; an empty list is sent. Default false. */
  readonly toolsWithToolHistory?: boolean
  /** chat-completions: may reason while function tools are offered. Default true; otherwise `none` is sent, even when no effort was asked for. */
  readonly reasoningWithTools?: boolean
  /** chat-completions: tool messages need `name`. Default false. */
  readonly toolResultName?: boolean
  /** chat-completions: assistant `content: null` is refused; an empty string is sent. Default false. */
  readonly nonNullAssistantContent?: boolean
  /**
   * chat-completions, responses: cache breakpoints are understood: `anthropic` = `cache_control` on parts, `openai` =
   * `prompt_cache_breakpoint`. messages has them always, gemini never.
   */
  readonly cacheFormat?: "anthropic" | "openai"
  /** Images and files by URL are fetched by the upstream itself; otherwise the host does that and sends the bytes. Default true. */
  readonly mediaUrls?: boolean
  /**
   * chat-completions: files by URL are fetched by the upstream itself, and it knows the annotations of files that it read before.
   * Default false.
   */
  readonly fileUrls?: boolean
  /** Takes image input; gemini always does. Default true. */
  readonly images?: boolean
  /** Takes PDF input natively; otherwise the host sends its text. Default true. */
  readonly pdf?: boolean
  /**
   * The upstream searches the web itself when asked: by its dialect's own tool (`tool`), by chat completions' `web_search_options`
   * (`options`), by Groq's `browser_search` (`browser`), or with every answer (`always`). Absent: it cannot.
   */
  readonly webSearch?: "tool" | "options" | "browser" | "always"
  /** The upstream's own search and function tools exclude each other (Gemini before 3). Default false. */
  readonly searchAlone?: boolean
  /** Takes images inside tool results. Default false for chat-completions, true for messages, gemini and responses. */
  readonly imageInToolResult?: boolean
  /** chat-completions: reasoning arrives as `<think>…</think>` at the start of the text and is taken out of it. */
  readonly thinkTags?: boolean
  /** Top-level fields (in the dialect's spelling) that the upstream refuses. They are dropped with a loss. */
  readonly dropFields?: readonly string[]
  /** responses: fields beyond OpenAI's that the upstream takes, in chat completions' spelling (`top_k`, `min_p`, `seed`, `stop` …). */
  readonly takesFields?: readonly string[]
  /** Top-level fields added to every request, unless the client set them. */
  readonly extraBody?: Readonly<Record<string, unknown>>
  /** Highest temperature; higher values are clamped with a loss. */
  readonly maxTemperature?: number
  /** Sampling fields are refused altogether (newest reasoning models). */
  readonly noSampling?: boolean
  /** chat-completions, responses: lifts `noSampling` for a request whose effort is `none`. */
  readonly samplingAtEffortNone?: boolean
  /** How reasoning is switched: `adaptive` and `budget` are Anthropic's, `level` and `budget` Gemini's. */
  readonly thinking?: "adaptive" | "budget" | "level" | "none"
  /** messages: `thinking: enabled` with a budget is refused; only `adaptive` is taken. */
  readonly adaptiveOnly?: boolean
  /** Thinking cannot be switched off; `none` becomes the lowest effort. */
  readonly thinkingMandatory?: boolean
  /** messages: a forced tool choice is refused. */
  readonly noForcedTool?: boolean
  /** messages: tools take cache breakpoints. Default true. */
  readonly toolCache?: boolean
  /** messages: takes `output_config.format`. */
  readonly nativeSchema?: boolean
  /** messages: takes role `system` in the middle of the conversation. */
  readonly midSystem?: boolean
  /** messages: the model's largest output in tokens: the default of the demanded `max_tokens` and its bound. An offer's own wins. */
  readonly maxOutput?: number
  /**
   * messages: thinking without a signature may be sent back (servers that imitate Anthropic's API sign nothing). responses: reasoning
   * without encrypted content may (open models).
   */
  readonly emptySignatures?: boolean
  /**
   * A conversation that ends with an assistant turn is refused (messages), or answered with a new turn instead of being gone on with. An
   * answer that broke off is then given to another upstream, or asked for in words.
   */
  readonly noPrefill?: boolean
  /** messages: tools take `eager_input_streaming`, without which long arguments arrive in one piece. */
  readonly eagerToolInput?: boolean
  /** gemini: the first call of a model turn must come back with its thought signature (Gemini 3 and later). */
  readonly signedCalls?: boolean
  /** gemini: beside function tools, a built-in tool needs `includeServerSideToolInvocations`. Default false. */
  readonly serverSideCalls?: boolean
  /** gemini: bounds of `thinkingBudget` in tokens. */
  readonly thinkingBudget?: { readonly min: number; readonly max: number }
  /** gemini: function tools and a response schema may come together (Gemini 3 and later). */
  readonly toolsWithSchema?: boolean
  /** gemini: takes no `systemInstruction` (Gemma); the text goes in front of the first user turn. */
  readonly noSystem?: boolean
  /** gemini: the upstream sends and takes ids of function calls. */
  readonly callIds?: boolean
  /** Only these reasoning formats may go back to this upstream (`anthropic-claude-v1` …). Others are dropped with a loss. */
  readonly reasoningOrigins?: readonly string[]
  /** Characters that a tool-call id may have; others are mapped. */
  readonly toolCallIds?: "any" | "anthropic" | "alnum9"
  /** chat-completions, responses: a field of `usage` that this upstream counts differently from its dialect. */
  readonly usageQuirk?: "reasoning-outside" | "cached-top-level" | "cache-write-inside"
}
