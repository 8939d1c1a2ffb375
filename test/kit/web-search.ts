import { startFakeAnthropic } from "./fake-anthropic.ts"
import { startFakeGemini } from "./fake-gemini.ts"
import { startFakeOpenAi } from "./fake-openai.ts"
import { startGateway } from "./gateway.ts"
import { pluginFolder, pluginText } from "./plugin-folder.ts"

/** Pages that the test's search plugin knows. */
export const pages = [
  { url: "https://moon.example/phases", title: "Phases of the moon", content: "The moon is full on Friday." },
  { url: "https://blog.example/tides/", title: "Tides", content: "Tides follow the moon." },
]

const price = { input: 1, output: 2, per_unit: { webSearch: 0.25 } }

/** The body of a `search` hook. */
export const searchText = (name: string, body: string): string =>
  pluginText(name, `{ searches: [{ name: ${JSON.stringify(name)}, search: async (query, call) => { ${body} } }] }`)

export const finding = (found: unknown = pages): string =>
  `(globalThis.searchQueries ??= []).push(query); return ${JSON.stringify(found)}`

/** What the plugins were asked since the last call. */
export const takeQueries = (): { query: string; maxResults: number; [more: string]: unknown }[] => {
  const holder = globalThis as { searchQueries?: { query: string; maxResults: number }[] }
  const all = holder.searchQueries ?? []
  holder.searchQueries = []
  return all
}

/** A gateway before an upstream of each family and one that echoes, with the given plugins. */
export async function startSearchRig(plugins: Readonly<Record<string, string>> = {}, config: object = {}) {
  const [openai, plain] = [await startFakeOpenAi(), await startFakeOpenAi({ strict: false })]
  const [anthropic, gemini] = [startFakeAnthropic(), startFakeGemini()]
  const folder = pluginFolder(plugins)
  const gateway = await startGateway({
    providers: [
      { id: "openai", base_url: openai.url, api_key: "k", models: [{ id: "openai/gpt-4o-search-preview", price }] },
      {
        id: "anthropic",
        base_url: anthropic.url,
        api_key: "k",
        models: [{ id: "anthropic/claude-sonnet-4-5", price }],
      },
      {
        id: "google",
        base_url: gemini.url,
        api_key: "k",
        models: [
          { id: "google/gemini-3-pro", price },
          { id: "google/gemini-2.5-flash", price },
        ],
      },
      {
        id: "plain",
        plugin: "openai-compatible",
        base_url: plain.url,
        api_key: "k",
        models: [{ id: "plain/model", upstream: "text", price }],
      },
      {
        id: "router",
        plugin: "openrouter",
        base_url: plain.url,
        api_key: "k",
        models: [{ id: "router/model", upstream: "text", price }],
      },
      { id: "mock" },
    ],
    plugins: { dir: folder.dir },
    retries: { same_upstream: 0, backoff_ms: 1 },
    ...config,
  })
  return {
    gateway,
    /** Where the plugins are. */
    folder: folder.dir,
    openai,
    plain,
    anthropic,
    gemini,
    /** The latest body that the plain upstream got. */
    lastPlain: async () => JSON.parse((await plain.request(plain.requests.length - 1)).body) as Record<string, unknown>,
    async stop() {
      await gateway.stop()
      folder.remove()
      await Promise.all([openai.stop(), plain.stop(), anthropic.stop(), gemini.stop()])
    },
  }
}

export type SearchRig = Awaited<ReturnType<typeof startSearchRig>>
