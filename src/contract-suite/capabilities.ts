import type {
  Candidate,
  Detector,
  Guardrail,
  Search,
  SearchResult,
  Sink,
  Strategy,
  Transform,
} from "../contract/index.ts"
import { type ContractCase, callInfo, demand, demandEqual } from "./case.ts"
import { requestCorpus } from "./corpus.ts"
import { alertCorpus } from "./notifiers.ts"

const sample = "Write to ada@example.com or call +49 30 123456. 🙂 4111 1111 1111 1111 <script>"

/** What guardrails and detectors have in common. */
const findingCases: readonly ContractCase<Pick<Guardrail, "detect">>[] = [
  {
    name: "findings are spans of the text it was given",
    why: "the host masks exactly these characters",
    async run(guardrail) {
      for (const text of ["", " ", "harmless", sample, sample.repeat(50)]) {
        for (const { start, end, label } of await guardrail.detect(text, callInfo())) {
          const inside =
            Number.isInteger(start) && Number.isInteger(end) && 0 <= start && start < end && end <= text.length
          demand(inside, `the span ${start}..${end} is not inside a text of ${text.length}`)
          demand(label !== "", "a finding has no label")
        }
      }
    },
  },
  {
    name: "the same text gives the same findings",
    why: "a stateful regular expression finds every second match",
    async run(guardrail) {
      const first = await guardrail.detect(sample, callInfo())
      demandEqual(await guardrail.detect(sample, callInfo()), first, "the second look")
    },
  },
]

export const guardrailCases: readonly ContractCase<Guardrail>[] = findingCases

/** Long runs of what such patterns begin with. */
const hard = ["a", "1", " ", ".", "a.", "1 ", "=", "-", "ig", "A1"].map((run) => run.repeat(100_000 / run.length))

export const detectorCases: readonly ContractCase<Detector>[] = [
  ...findingCases,
  {
    name: "long runs of one thing are looked through as well",
    why: "whoever sends a request chooses its text, and everybody else waits meanwhile",
    async run(detector) {
      for (const text of hard) await detector.detect(text, callInfo())
    },
  },
]

const candidate = (provider: string, more: Partial<Candidate> = {}): Candidate => ({
  offer: { provider, model: "contract/suite", upstream: "suite", price: { input: provider.length, output: 1 } },
  cooling: false,
  stable: true,
  latencyMs: undefined,
  throughput: undefined,
  uptime: undefined,
  cost: undefined,
  inFlight: 0,
  weight: 1,
  ...more,
})

export const strategyCases: readonly ContractCase<Strategy>[] = [
  {
    name: "the answer holds exactly the given candidates",
    why: "a lost candidate is a fallback less; an invented one cannot be called",
    run(strategy) {
      const lists = [
        [],
        [candidate("a")],
        [candidate("a", { cooling: true }), candidate("bb", { latencyMs: 3, stable: false }), candidate("ccc")],
      ]
      for (const list of lists) {
        const before = [...list]
        const ordered = strategy.order(list, { ...callInfo(), conversation: undefined, random: () => 0.5 })
        demand(
          ordered.length === before.length && before.every((one) => ordered.includes(one)),
          "candidates were lost or invented",
        )
        demandEqual(list, before, "the given list afterwards")
      }
    },
  },
]

export const transformCases: readonly ContractCase<Transform>[] = [
  {
    name: "every request of the corpus stays a request and is not changed in place",
    why: "requests are shared; whoever changes one makes a new one",
    async run(transform) {
      for (const [name, request] of Object.entries(requestCorpus)) {
        const before = structuredClone(request)
        const result = await transform.apply(request, callInfo())
        demand(typeof result?.model === "string" && Array.isArray(result.messages), `${name}: it gave no request`)
        demandEqual(request, before, `${name}, afterwards`)
      }
    },
  },
]

export const sinkCases: readonly ContractCase<Sink>[] = [
  {
    name: "any batch is taken, an empty one too",
    why: "a batch that always throws is retried and then lost",
    async run(sink) {
      await sink.write([])
      await sink.write([
        { type: "config-reloaded", at: 0, ok: false, message: "contract suite" },
        { type: "plugin-failed", at: 0, plugin: "contract-suite", hook: "none", message: "contract suite" },
        { type: "alert-fired", at: 0, alert: alertCorpus[0]! },
      ])
    },
  },
]

export const searchCases: readonly ContractCase<Search>[] = [
  {
    name: "a search gives results with an address each, or fails with an error",
    why: "what the model is shown is cited by its address; a failure moves on to the next search",
    async run(search) {
      for (const query of ["what is signalbox", "", sample]) {
        let results: readonly SearchResult[]
        try {
          results = await search.search({ query, maxResults: 3 }, callInfo())
        } catch (thrown) {
          demand(thrown instanceof Error, `it threw ${String(thrown)} instead of an Error`)
          continue
        }
        demand(Array.isArray(results), "it gave no list")
        demand(results.length <= 3, `it gave ${results.length} results where 3 were asked for`)
        for (const { url, title, content } of results) {
          demand(typeof url === "string" && /^https?:\/\//.test(url), `"${String(url)}" is no address`)
          demand(typeof title === "string" && typeof content === "string", `title or content of ${url} is no text`)
        }
      }
    },
  },
]
