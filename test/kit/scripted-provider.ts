import type { ChatPart, DirectCall, EmbeddingsRequest } from "../../src/contract/index.ts"
import { startGateway, type TestGateway } from "./gateway.ts"
import { type PluginFolder, pluginFolder, pluginText } from "./plugin-folder.ts"

/** What the model `scripted/model` answers; set by a test, called once per attempt. */
export type Chat = (call: DirectCall) => AsyncIterable<ChatPart>

/** The vectors of `scripted/embed`. */
export type EmbedTexts = (request: EmbeddingsRequest) => Promise<readonly (readonly number[])[]>

const holder = globalThis as {
  scriptedChat?: Chat
  scriptedEmbed?: (request: EmbeddingsRequest) => Promise<readonly { floats: readonly number[] }[]>
}

const plugin = pluginText(
  "scripted",
  `{
    providers: [{
      id: "scripted", name: "Scripted", standalone: true,
      create: () => ({
        models: [
          ...["model", "other"].map((upstream) => ({ model: "scripted/" + upstream, upstream, price: { input: 1, output: 2 } })),
          { model: "scripted/embed", upstream: "embed", kind: "embeddings", price: { input: 1, output: 0 } },
        ],
        chat: (call) => globalThis.scriptedChat(call),
        abilities: { embeddings: { run: async (request) => ({ vectors: await globalThis.scriptedEmbed(request) }) } },
      }),
    }],
  }`,
)

export interface ScriptedRig {
  readonly gateway: TestGateway
  readonly folder: PluginFolder
  /** How often the upstream was asked. */
  readonly calls: () => number
  answerBy(chat: Chat): void
  embedBy(embed: EmbedTexts): void
  stop(): Promise<void>
}

/** A gateway before an upstream that does what the test says, step by step. */
export async function startScripted(config: Readonly<Record<string, unknown>> = {}): Promise<ScriptedRig> {
  const { plugins, ...more } = config as { plugins?: object }
  const folder = pluginFolder({ "scripted.ts": plugin })
  let calls = 0
  const answerBy = (chat: Chat) => {
    holder.scriptedChat = (call) => {
      calls += 1
      return chat(call)
    }
  }
  const embedBy = (embed: EmbedTexts) => {
    holder.scriptedEmbed = async (request) => {
      calls += 1
      return (await embed(request)).map((floats) => ({ floats }))
    }
  }
  answerBy(() => saying("hello"))
  embedBy(async ({ input }) => input.map(() => [1, 0]))
  const gateway = await startGateway({
    providers: [{ id: "mock" }],
    plugins: { dir: folder.dir, ...plugins },
    retries: { same_upstream: 0, backoff_ms: 1 },
    ...more,
  })
  return {
    gateway,
    folder,
    calls: () => calls,
    answerBy,
    embedBy,
    async stop() {
      await gateway.stop()
      folder.remove()
    },
  }
}

export const usage = (output: number) => ({
  input: { fresh: 10, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0, audio: 0, image: 0 },
  output: { text: output, reasoning: 0, audio: 0, image: 0 },
})

/** A whole answer of these words. `between` is waited for before each word but the first. */
export async function* saying(text: string, between?: (at: number) => Promise<unknown>): AsyncGenerator<ChatPart> {
  const words = text.split(/(?<= )/)
  yield { type: "start", id: "upstream-id" }
  yield { type: "text-start", index: 0 }
  for (const [at, word] of words.entries()) {
    if (at > 0) await between?.(at)
    yield { type: "text-delta", text: word, index: 0 }
  }
  yield { type: "text-end", index: 0 }
  yield { type: "finish", reason: "stop", raw: "stop" }
  yield { type: "usage", usage: usage(words.length) }
}

export const askScripted = (content: string, more: Readonly<Record<string, unknown>> = {}) => ({
  model: "scripted/model",
  messages: [{ role: "user", content }],
  ...more,
})
