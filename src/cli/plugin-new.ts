/** What `plugin new` writes. Every template is a plugin that works as it is; a test loads and checks each of them. */
export const pluginKinds = [
  "provider",
  "guardrail",
  "cache",
  "strategy",
  "transform",
  "sink",
  "search",
  "notifier",
  "detector",
] as const
export type PluginKind = (typeof pluginKinds)[number]

interface Template {
  readonly imports: string
  readonly options: string
  /** Parameters of `setup`. */
  readonly parameters: string
  readonly body: string
  readonly duties: string
}

const templates: { readonly [K in PluginKind]: (name: string) => Template } = {
  provider: (name) => ({
    imports: "definePlugin, Type",
    options: 'greeting: Type.String({ default: "Hello", description: "First word of every answer" })',
    parameters: "{ greeting }",
    body: `    providers: [
      {
        id: "${name}",
        name: "${name}",
        // There at once, without an entry under \`providers:\`. Remove it when the provider needs a key or an address.
        standalone: true,
        create: () => ({
          models: [{ model: "${name}/greeter", upstream: "greeter", price: { input: 0, output: 0 } }],
          async *chat({ model, signal }) {
            const words = [greeting, " from", " ${name}."]
            yield { type: "start", model }
            yield { type: "text-start", index: 0 }
            for (const text of words) {
              // The client may have gone away.
              signal.throwIfAborted()
              yield { type: "text-delta", text, index: 0 }
            }
            yield { type: "text-end", index: 0 }
            yield { type: "finish", reason: "stop", raw: "stop" }
            yield {
              type: "usage",
              usage: {
                input: { fresh: 0, cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0, audio: 0, image: 0 },
                output: { text: words.length, reasoning: 0, audio: 0, image: 0 },
              },
            }
          },
        }),
      },
    ],`,
    duties: `Parts come in order: \`start\`, blocks (each opened once, closed once), \`finish\`, \`usage\`. Throw a \`GatewayError\` before the
first content part when the call failed, so that the next upstream can take it. For an HTTP upstream give \`wire\` instead of
\`chat\`: a dialect of \`signalbox/dialects\` and the endpoint are enough.

Try it: \`model: "${name}/greeter"\`.`,
  }),
  guardrail: (name) => ({
    imports: "definePlugin, type Finding, Type",
    options: 'words: Type.Array(Type.String(), { default: ["secret-project"], description: "Words to find" })',
    parameters: "{ words }",
    body: `    guardrails: [
      {
        name: "${name}",
        stages: ["input", "output"],
        // A match may cross the deltas of a stream: hold back as much as the longest word.
        window: Math.max(0, ...words.map((word) => word.length)),
        action: "mask",
        detect: (text) => words.flatMap((word) => find(text, word)),
      },
    ],`,
    duties:
      "Findings are spans `start..end` of the text that was given. All guardrails run; findings merge; the host masks, reports or\nblocks as `action` says. A throw blocks the request.",
  }),
  cache: (name) => ({
    imports: "type Cache, type CacheEntry, definePlugin, type Rows, Type",
    options: 'megabytes: Type.Number({ default: 64, exclusiveMinimum: 0, description: "Beyond that, old answers go" })',
    parameters: "{ megabytes }, { rows, clock }",
    body: `    caches: [cache("${name}", rows({ bytes: megabytes * 1_000_000 }), clock)],`,
    duties: `Requests that may be answered from memory (\`cache:\` in \`signalbox.yaml\`, or the header \`x-signalbox-cache: on\`) ask every cache in
turn; the first hit wins, and a throw is a miss. \`fingerprint\` is equal for equal requests of one tenant. Only complete, successful
answers are stored. An entry past its \`expiresAt\` must not be given. \`purge\` and \`stats\` are for \`/admin/cache\`.`,
  }),
  strategy: (name) => ({
    imports: "type Candidate, definePlugin, Type",
    options: "",
    parameters: "",
    body: `    strategies: [
      {
        name: "${name}",
        order: (candidates) => candidates.toSorted((one, other) => rank(one) - rank(other) || cost(one) - cost(other)),
      },
    ],`,
    duties: `Pure and synchronous; \`random\` of the call is the only source of chance. Gives exactly the candidates it got: what it leaves out
comes last, what it made up does not come. A throw falls back to the configured order. It is asked where several upstreams are left
and the request does not sort by itself.

Use it: \`strategy: ${name}\` in \`signalbox.yaml\`. This one takes the cheapest first, behind it what was failing lately.`,
  }),
  transform: (name) => ({
    imports: "definePlugin, Type",
    options: 'instruction: Type.String({ default: "Answer briefly.", description: "Put before every conversation" })',
    parameters: "{ instruction }",
    body: `    transforms: [
      {
        name: "${name}",
        apply: (request) => ({
          ...request,
          messages: [{ role: "system", content: [{ type: "text", text: instruction }] }, ...request.messages],
        }),
      },
    ],`,
    duties:
      "Gives a new request; the one it got is shared and must not be changed. Transforms run in the order of `plugins.use`. A throw\nfails the request.",
  }),
  sink: (name) => ({
    imports: "definePlugin, Type",
    options: 'failuresOnly: Type.Boolean({ default: true, description: "Leave out what went well" })',
    parameters: "{ failuresOnly }, { log }",
    body: `    sinks: [
      {
        name: "${name}",
        async write(events) {
          for (const event of events) {
            if (event.type !== "generation-finished") continue
            const { id, model, status, durationMs } = event.generation
            if (failuresOnly && status < 400) continue
            log.info("generation", { id, model, status, durationMs })
          }
        },
      },
    ],`,
    duties:
      "Gets every event in batches, behind a bounded queue. A throw is counted, the batch tried again and then dropped; requests\nnever notice.",
  }),
  search: (name) => ({
    imports: "definePlugin, type SearchResult, Type",
    options:
      'address: Type.String({ default: "", description: "A service that answers ?q= with [{ url, title, content }]" })',
    parameters: "{ address }, { fetch }",
    body: `    searches: [
      {
        name: "${name}",
        async search({ query, maxResults }, { signal }) {
          if (address === "") throw new Error("the option address is not set")
          const response = await fetch(\`\${address}?q=\${encodeURIComponent(query)}\`, { signal })
          if (!response.ok) throw new Error(\`\${address} answered with \${response.status}\`)
          return ((await response.json()) as SearchResult[]).slice(0, maxResults)
        },
      },
    ],`,
    duties: `Searches the web for upstreams that cannot. The searches of all plugins are asked in the order of \`plugins.use\`; a throw
moves on to the next one. The results are shown to the model and cited in the answer.

Try it: \`plugins: [{ id: "web" }]\` in a chat request to a model without a search of its own.`,
  }),
  notifier: (name) => ({
    imports: "alertText, definePlugin, Type",
    options: 'channel: Type.String({ default: "general", description: "Where the receiver shows it" })',
    parameters: "{ channel }",
    body: `    notifiers: [
      {
        name: "${name}",
        message(alert) {
          const { title, sentence } = alertText(alert)
          return { body: { channel, title, text: sentence, id: alert.id } }
        },
      },
    ],`,
    duties: `Writes alerts for one kind of receiver, as headers and a JSON body. Pure and synchronous: the gateway sends the message, signs it where
the destination has a secret, and tries again. \`alertText\` has an alert in words; \`alert.id\` is the same for every try.

Use it: \`notifier: ${name}\` of a destination, in \`alerts.destinations\` of \`signalbox.yaml\` or by \`POST /admin/alert-destinations\`.`,
  }),
  detector: (name) => ({
    imports: "definePlugin, Type",
    options: 'word: Type.String({ default: "moonshine", description: "Found wherever it stands by itself" })',
    parameters: "{ word }",
    body: `    detectors: [
      {
        name: "${name}",
        label: "[${name.toUpperCase().replaceAll("-", "_")}]",
        detect(text) {
          const pattern = new RegExp(\`\\\\b\${RegExp.escape(word)}\\\\b\`, "gi")
          return [...text.matchAll(pattern)].map((match) => ({
            start: match.index,
            end: match.index + match[0].length,
            label: "${name}",
          }))
        },
      },
    ],`,
    duties: `Finds one kind of thing in texts, as spans of UTF-16 units; the guardrail that names it says whether requests with findings are
blocked, redacted or flagged. Runs on texts that strangers choose: no pattern may be slow on any of them. A throw refuses the request.

Use it: \`content_filter_builtins: [{ slug: "${name}", action: "redact" }]\` of a guardrail.`,
  }),
}

const helpers: { readonly [K in PluginKind]?: string } = {
  cache: `
function cache(name: string, rows: Rows, clock: { now(): number }): Cache {
  return {
    name,
    async lookup({ fingerprint }) {
      const row = await rows.get(fingerprint)
      return row && (JSON.parse(new TextDecoder().decode(row.value)) as CacheEntry)
    },
    async store({ fingerprint, keyId }, entry) {
      const about = { ttlMs: entry.expiresAt - clock.now(), owner: keyId, topic: entry.model }
      await rows.put(fingerprint, new TextEncoder().encode(JSON.stringify(entry)), about)
    },
    purge: ({ fingerprint: key, keyId: owner, model: topic }) =>
      rows.delete({ ...(key && { key }), ...(owner && { owner }), ...(topic && { topic }) }),
    async stats() {
      const { rows: entries, bytes } = await rows.count()
      return { entries, bytes }
    },
  }
}
`,
  guardrail: `
function find(text: string, word: string): Finding[] {
  const found: Finding[] = []
  for (let at = text.indexOf(word); word !== "" && at >= 0; at = text.indexOf(word, at + word.length)) {
    found.push({ start: at, end: at + word.length, label: "word" })
  }
  return found
}
`,
  strategy: `
/** What is left alone after failures comes last, what had an outage lately before it. */
const rank = ({ cooling, stable }: Candidate): number => (cooling ? 2 : stable ? 0 : 1)

/** USD that this request is likely to cost there; where nobody knows a price, last. */
const cost = (candidate: Candidate): number => candidate.cost ?? Number.MAX_VALUE
`,
}

/** File names and texts of a new plugin. */
export function scaffoldPlugin(kind: PluginKind, name: string): Readonly<Record<string, string>> {
  const { imports, options, parameters, body, duties } = templates[kind](name)
  const fields = options === "" ? "" : `\n    ${options},\n  `
  const index = `import { ${imports} } from "signalbox/plugin"

export default definePlugin({
  name: "${name}",
  contract: 1,
  options: Type.Object({${fields}}),
  setup: (${parameters}) => ({
${body}
  }),
})
${helpers[kind] ?? ""}`
  const readme = `# ${name}

A ${kind} for signalbox.

${duties}

\`\`\`sh
signalbox check .
\`\`\`

The gateway reads this folder again whenever a file in it changes. Options are given in \`signalbox.yaml\`:

\`\`\`yaml
plugins:
  use:
    - { name: ${name}, options: {} }
\`\`\`
`
  return { "index.ts": index, "README.md": readme }
}
