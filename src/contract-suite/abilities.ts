import {
  type Abilities,
  type AbilityCall,
  type AbilityName,
  abilityNames,
  GatewayError,
  messageOf,
} from "../contract/index.ts"
import { type ContractCase, chatRequest, demand } from "./case.ts"

/** A provider with the abilities that it declares. */
export interface AbilitySubject {
  readonly abilities: Abilities
  /** Names of its own models, to ask it by. */
  readonly models: readonly string[]
}

const file = { bytes: Uint8Array.of(0x52, 0x49, 0x46, 0x46), mime: "audio/wav", name: "audio.wav" }

/** A plain request of each kind. */
const requests: { readonly [K in AbilityName]: Parameters<NonNullable<Abilities[K]>["run"]>[0] } = {
  embeddings: { model: "m", input: [{ type: "text", text: "one two" }], encoding: "float" },
  rerank: { model: "m", query: "one", documents: [{ text: "one" }, { text: "two" }] },
  images: { model: "m", prompt: "a red square", images: [], count: 1 },
  speech: { model: "m", input: "one two", format: "wav" },
  transcription: { model: "m", task: "transcribe", file, granularities: [], format: "json" },
  countTokens: chatRequest(),
}

/** Names that providers which pick models by their names are likely to know. */
const usualModels: { readonly [K in AbilityName]: readonly string[] } = {
  embeddings: ["text-embedding-3-small", "gemini-embedding-001", "cohere.embed-v4:0", "amazon.titan-embed-text-v2:0"],
  rerank: ["rerank-v3.5", "cohere.rerank-v3-5:0", "any-rerank"],
  images: ["gpt-image-1", "imagen-4.0-generate-001", "amazon.nova-canvas-v1:0"],
  speech: ["gpt-4o-mini-tts", "gemini-2.5-flash-preview-tts", "aura-2-thalia-en"],
  transcription: ["whisper-1"],
  countTokens: ["claude-sonnet-4-5", "gemini-2.5-flash"],
}

interface Outcome {
  readonly ability: AbilityName
  readonly sent: number
  readonly thrown: unknown
}

async function ask(subject: AbilitySubject, ability: AbilityName, send: AbilityCall["send"]): Promise<Outcome> {
  const { [ability]: one } = subject.abilities
  const names = [...subject.models, ...usualModels[ability], "any-model"]
  const model = names.find((name) => one?.serves?.(name) ?? true) ?? "any-model"
  let sent = 0
  const call: AbilityCall = {
    model,
    signal: new AbortController().signal,
    send: (outgoing) => {
      sent++
      return send(outgoing)
    },
    wait: async () => {
      throw new GatewayError("provider_timeout", "the suite waits for nothing")
    },
    lose: () => {},
    newId: (prefix) => `${prefix}1`,
  }
  try {
    await one?.run(requests[ability] as never, call)
    return { ability, sent, thrown: undefined }
  } catch (thrown) {
    return { ability, sent, thrown }
  }
}

const each = (subject: AbilitySubject, send: AbilityCall["send"]): Promise<readonly Outcome[]> =>
  Promise.all(abilityNames.filter((name) => subject.abilities[name]).map((name) => ask(subject, name, send)))

const nonsense = ["{}", "[]", "null", "no json", "", '{"error":{"message":"it broke"}}', '{"data":[],"images":[]}']

/** Duties of what a provider can do beside chat. */
export const abilityCases: readonly ContractCase<AbilitySubject>[] = [
  {
    name: "whether an ability serves a model is a matter of its name",
    why: "it is asked for every request, and for names of other vendors too",
    run({ abilities }) {
      for (const name of abilityNames) {
        const one = abilities[name]
        demand(one === undefined || typeof one.run === "function", `${name} has no function run`)
        for (const model of ["", "any-model", "a/b:c", "модель"]) {
          const answer = one?.serves?.(model) ?? true
          demand(typeof answer === "boolean", `${name} answers "${model}" with ${typeof answer}`)
          demand((one?.serves?.(model) ?? true) === answer, `${name} changes its mind about "${model}"`)
        }
      }
    },
  },
  {
    name: "a failure of the upstream is passed on",
    why: "the host chooses the next upstream by the code of this very error",
    async run(subject) {
      const failure = new GatewayError("rate_limited", "slow down")
      for (const { ability, sent, thrown } of await each(subject, () => Promise.reject(failure)))
        if (sent > 0) demand(thrown === failure, `${ability} made something else of it: ${messageOf(thrown)}`)
    },
  },
  {
    name: "nonsense for an answer is an upstream's failure",
    why: "an empty result would be billed and shown; a TypeError would look like a fault of the gateway",
    async run(subject) {
      for (const body of nonsense) {
        const headers = { "content-type": "application/json" }
        for (const { ability, sent, thrown } of await each(subject, async () => new Response(body, { headers }))) {
          if (sent === 0) continue
          demand(thrown !== undefined, `${ability} took ${body || "nothing"} for an answer`)
          demand(GatewayError.is(thrown), `${ability} threw ${messageOf(thrown)} at ${body || "nothing"}`)
        }
      }
    },
  },
]
