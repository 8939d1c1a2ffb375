import { startFakeAzure } from "../fake-azure.ts"
import { fakeRegion, fakeToken, startFakeBedrock } from "../fake-bedrock.ts"
import { startFakeVertex } from "../fake-vertex.ts"
import { type Family, ownWords, price, type Scenario, scenarios } from "./family.ts"
import { chatWords } from "./formats.ts"
import { bedrockWords } from "./own-formats.ts"

const skipping = (words: Family["words"], reason: string, ...skipped: readonly Scenario[]): Family["words"] => ({
  ...words,
  ...Object.fromEntries(skipped.map((name) => [name, { skip: reason }])),
})

const forwards = "its fake hands the call to another one and does not see the client leave"

/** Gemini and Claude by Google's cloud, behind one key file. */
export const vertexFamilies = async (): Promise<readonly Family[]> => {
  const fake = await startFakeVertex()
  fake.now = Date.now()
  const gemini = ownWords({
    plain: "hello",
    empty: "no content",
    cited: "web search",
    length: "max tokens",
    filtered: "safety",
    "no money": { skip: "Google has no words for an empty account apart from those for a quota" },
  })
  const claude = ownWords({
    plain: "hello",
    empty: "empty answer",
    cited: { skip: "Claude searches the web on Vertex by another tool, which its own tests read" },
    length: "max tokens",
    filtered: "refusal",
    forbidden: { skip: "who is refused is told by Google, before Claude is reached" },
  })
  const common = {
    bodies: () => fake.requests.map(({ body }) => body),
    stop: fake.stop,
  }
  const provider = (id: string, model: string, upstream: string) => ({
    id,
    plugin: "google-vertex",
    base_url: fake.url,
    options: { service_account: JSON.stringify(fake.keyFile), location: "eu" },
    models: [{ id: model, upstream, price }],
  })
  return [
    {
      ...common,
      name: "google-vertex, Gemini",
      model: "test/vertex-gemini",
      providers: [provider("vertex-gemini", "test/vertex-gemini", "gemini-2.5-flash")],
      words: skipping(gemini, forwards, "stall"),
    },
    {
      ...common,
      name: "google-vertex, Claude",
      model: "test/vertex-claude",
      providers: [provider("vertex-claude", "test/vertex-claude", "anthropic/claude-sonnet-4-5@20250929")],
      words: skipping(claude, forwards, "stall"),
      stop: async () => {},
    },
  ]
}

export const azureFamily = async (): Promise<Family> => {
  const fake = await startFakeAzure()
  fake.now = Date.now()
  return {
    name: "azure",
    model: "test/azure",
    providers: [
      {
        id: "azure",
        base_url: fake.url,
        api_key: "azure-key",
        options: { deployments: { "my-deployment": "gpt-4o" } },
        models: [{ id: "test/azure", upstream: "my-deployment", price }],
      },
    ],
    words: skipping(
      skipping(
        { ...chatWords, filtered: "filter me", "rate limit": "limit exactly", "missing model": "no deployment" },
        forwards,
        "stall",
        "cut",
      ),
      "gpt-4o does not think",
      "thinking",
      "thinking tool",
    ),
    bodies: () => fake.requests.map(({ body }) => body),
    stop: fake.stop,
  }
}

const onlyHello = "the fake of this route answers with one text, whatever it is asked"
const talking: readonly Scenario[] = [
  "plain",
  "rate limit",
  "overloaded",
  "server error",
  "bad key",
  "forbidden",
  "missing model",
  "overflow",
  "bad request",
]

/** Claude by InvokeModel, and OpenAI's models by the route of their own shape, with a bearer key. */
export const bedrockFamilies = async (): Promise<readonly Family[]> => {
  const fake = startFakeBedrock()
  const { url } = fake
  const family = (name: string, model: string, upstream: string, words: Family["words"]): Family => ({
    name,
    model,
    providers: [
      {
        id: model.replace("test/", "bedrock-"),
        plugin: "amazon-bedrock",
        api_key: fakeToken,
        options: { region: fakeRegion, endpoints: { runtime: url, mantle: url, agent_runtime: url } },
        models: [{ id: model, upstream, price }],
      },
    ],
    words,
    bodies: () => fake.calls.map(({ body }) => body),
    stop: fake.stop,
  })
  const claude = "eu.anthropic.claude-sonnet-4-5-20250929-v1:0"
  const silent = scenarios.filter((name) => !talking.includes(name))
  const invoked = skipping(
    { ...bedrockWords, json: "json", filtered: "refusal" },
    "Claude searches nothing on Bedrock",
    "cited",
  )
  return [
    family("amazon-bedrock, InvokeModel", "test/invoke", claude, invoked),
    {
      ...family(
        "amazon-bedrock, Mantle",
        "test/mantle",
        "openai.gpt-oss-120b",
        skipping(bedrockWords, onlyHello, ...silent),
      ),
      stop: async () => {},
    },
  ]
}

export const cloudFamilies = async (): Promise<readonly Family[]> => [
  ...(await vertexFamilies()),
  await azureFamily(),
  ...(await bedrockFamilies()),
]
