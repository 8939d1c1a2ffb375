import { afterAll, expect, test } from "bun:test"
import type { JsonObject } from "../../../src/contract/index.ts"
import { startGateway } from "../../kit/gateway.ts"

const compatible = { plugin: "openai-compatible", api_key: "k" }
const models = (id: string, upstream = "m") => ({ models: [{ id, upstream }] })
const gateway = await startGateway({
  providers: [
    { id: "azure", api_key: "k", options: { resource: "house", region: "swedencentral" }, ...models("x/azure") },
    {
      id: "azure-named",
      plugin: "azure",
      api_key: "k",
      options: { resource: "acme-uksouth" },
      ...models("x/azure-named"),
    },
    {
      id: "bedrock",
      plugin: "amazon-bedrock",
      api_key: "k",
      options: { region: "us-east-1" },
      models: [
        { id: "x/bedrock", upstream: "amazon.nova-pro-v1:0" },
        { id: "x/bedrock-eu", upstream: "eu.amazon.nova-pro-v1:0" },
        { id: "x/bedrock-global", upstream: "global.amazon.nova-2-lite-v1:0" },
      ],
    },
    {
      id: "bedrock-eu",
      plugin: "amazon-bedrock",
      api_key: "k",
      options: { region: "eu-central-1" },
      ...models("x/frankfurt"),
    },
    {
      id: "eu-openai",
      plugin: "openai",
      api_key: "k",
      base_url: "https://eu.api.openai.com/v1",
      ...models("x/eu-openai"),
    },
    { id: "openai", api_key: "k", ...models("x/openai") },
    { id: "mistral", api_key: "k", ...models("x/mistral") },
    {
      id: "stated",
      ...compatible,
      base_url: "https://eu.example.com/v1",
      region: "asia-southeast1",
      ...models("x/stated"),
    },
    { id: "french", ...compatible, base_url: "http://127.0.0.1:9/v1", region: "fr", ...models("x/french") },
    { id: "local", ...compatible, base_url: "http://127.0.0.1:9/v1", ...models("x/local") },
  ],
})
afterAll(() => gateway.stop())

test.each([
  ["azure", "eu"],
  // London is not in the union.
  ["azure-named", "gb"],
  ["bedrock", "us"],
  // An inference profile may answer from all of its geography, wherever it is called.
  ["bedrock-eu", "eu"],
  ["bedrock-global", "global"],
  ["frankfurt", "eu"],
  ["eu-openai", "eu"],
  ["openai", "global"],
  ["mistral", "eu"],
  // The operator knows better than the address.
  ["stated", "sg"],
  ["french", "eu"],
  ["local", "global"],
])("a model of %s is in %s", async (name, place) => {
  const answer = await gateway.get(`/v1/models/x/${name}`)
  expect(((await answer.json()) as JsonObject).geolocation).toBe(place)
})
