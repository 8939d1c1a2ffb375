import { fakeRegion, startFakeBedrock } from "../fake-bedrock.ts"
import { startFakeCohere } from "../fake-cohere.ts"
import { type Family, ownWords, price } from "./family.ts"

const aws = { AWS_REGION: fakeRegion, AWS_ACCESS_KEY_ID: "AKIAFAKE", AWS_SECRET_ACCESS_KEY: "wJalrXUtnFEMI/K7MDENG" }
const oneBody = { skip: "the fake writes its frames as one body, so nobody can leave in the middle of it" }

/** How the fake of Bedrock names its scenarios. */
export const bedrockWords = ownWords({
  plain: "hello",
  empty: "empty answer",
  json: "answer tool",
  cited: "cited",
  length: "max tokens",
  filtered: "guardrail",
  "rate limit": "throttled",
  "no money": { skip: "Bedrock bills an AWS account and knows no empty one" },
  overloaded: "unavailable",
  "bad key": "expired",
  forbidden: "denied",
  "error first": { skip: "exceptions come between frames, by the scenario `error later`" },
  "error in 200": { skip: "Bedrock has a status for each failure of a whole answer" },
  "error later": "stream internal",
  "malformed event": { skip: "frames carry a checksum; the scenario `cut` breaks one" },
  stall: oneBody,
})

/** Nova by Converse. */
export const converseFamily = async (): Promise<Family> => {
  const fake = startFakeBedrock()
  const { url } = fake
  return {
    name: "converse",
    model: "test/converse",
    providers: [
      {
        id: "converse",
        plugin: "amazon-bedrock",
        options: { endpoints: { runtime: url, mantle: url, agent_runtime: url } },
        models: [{ id: "test/converse", upstream: "amazon.nova-2-lite-v1:0", price }],
      },
    ],
    environment: aws,
    words: bedrockWords,
    state: "c2lnbmF0dXJl",
    bodies: () => fake.calls.map(({ body }) => body),
    stop: fake.stop,
  }
}

export const cohereFamily = async (): Promise<Family> => {
  const fake = startFakeCohere()
  const reasoner = "test/cohere-reasoner"
  return {
    name: "cohere",
    model: "test/cohere",
    models: { thinking: reasoner, "thinking tool": reasoner },
    providers: [
      {
        id: "cohere",
        plugin: "cohere",
        base_url: fake.url,
        api_key: "k",
        models: [
          { id: "test/cohere", upstream: "command-a-03-2025", price },
          { id: reasoner, upstream: "command-a-reasoning-08-2025", price },
        ],
      },
    ],
    words: ownWords({
      plain: "hello",
      cited: "cite",
      length: "max tokens",
      filtered: { skip: "Cohere refuses before it answers: no finish reason tells of a filter" },
      forbidden: { skip: "Cohere tells of every refused key by 401" },
      "bad request": { skip: "what Cohere refuses by 400, the strict fake refuses for its own reasons" },
      "error first": { skip: "Cohere's streams tell of failures by their last event alone" },
      "error in 200": "failed inside",
    }),
    // Its thinking is plain text, and comes back as that.
    state: "The user wants the weather.",
    bodies: () => fake.requests.map(({ body }) => body),
    left: () => fake.requests.at(-1)!.left,
    stop: fake.stop,
  }
}
