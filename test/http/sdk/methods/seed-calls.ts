import type { OpenRouter } from "openrouter-sdk-0"
import type { Calls } from "./methods.ts"
import { tokens, type World } from "./world.ts"

const day = 86_400_000
const newKey = (world: World) => world.make("/api/v1/keys", { name: world.named("key") })
const newGuardrail = (world: World) => world.make("/api/v1/guardrails", { name: world.named("guardrail") })

/** What an SDK of an earlier generation has for whoever manages. */
export const seedManaged: Calls<OpenRouter> = {
  "apiKeys.list": (client) => client.apiKeys.list(),
  "apiKeys.create": (client, world) =>
    client.apiKeys.create({ requestBody: { name: world.named("key"), limit: 5, limitReset: "daily" } }),
  "apiKeys.get": (client, { keys }) => client.apiKeys.get({ hash: keys[2]! }),
  "apiKeys.update": (client, { keys }) => client.apiKeys.update({ hash: keys[2]!, requestBody: { limit: null } }),
  "apiKeys.delete": async (client, world) => client.apiKeys.delete({ hash: await newKey(world) }),
  "credits.getCredits": (client) => client.credits.getCredits(),
  "analytics.getUserActivity": (client) =>
    client.analytics.getUserActivity({ date: new Date(Date.now() - day).toISOString().slice(0, 10) }),
  "guardrails.list": (client) => client.guardrails.list(),
  "guardrails.create": (client, world) =>
    client.guardrails.create({
      requestBody: {
        name: world.named("guardrail"),
        description: null,
        limitUsd: 50,
        resetInterval: "monthly",
        allowedProviders: ["mock"],
        allowedModels: ["mock/echo"],
        enforceZdr: true,
      },
    }),
  "guardrails.get": (client, { guardrail }) => client.guardrails.get({ id: guardrail }),
  "guardrails.update": (client, { guardrail }) =>
    client.guardrails.update({ id: guardrail, requestBody: { description: "newer" } }),
  "guardrails.delete": async (client, world) => client.guardrails.delete({ id: await newGuardrail(world) }),
  "guardrails.listKeyAssignments": (client) => client.guardrails.listKeyAssignments(),
  "guardrails.listMemberAssignments": (client) => client.guardrails.listMemberAssignments(),
  "guardrails.listGuardrailKeyAssignments": (client, { guardrail }) =>
    client.guardrails.listGuardrailKeyAssignments({ id: guardrail }),
  "guardrails.listGuardrailMemberAssignments": (client, { guardrail }) =>
    client.guardrails.listGuardrailMemberAssignments({ id: guardrail }),
  "guardrails.bulkAssignKeys": async (client, world) =>
    client.guardrails.bulkAssignKeys({ id: world.guardrail, requestBody: { keyHashes: [await newKey(world)] } }),
  "guardrails.bulkUnassignKeys": (client, { guardrail, keys }) =>
    client.guardrails.bulkUnassignKeys({ id: guardrail, requestBody: { keyHashes: [keys[3]!] } }),
  "guardrails.bulkAssignMembers": (client, { guardrail, members }) =>
    client.guardrails.bulkAssignMembers({ id: guardrail, requestBody: { memberUserIds: [members[3]!] } }),
  "guardrails.bulkUnassignMembers": (client, { guardrail, members }) =>
    client.guardrails.bulkUnassignMembers({ id: guardrail, requestBody: { memberUserIds: [members[3]!] } }),
  "oAuth.createAuthCode": (client) =>
    client.oAuth.createAuthCode({ requestBody: { callbackUrl: "https://app.example.test/back", limit: 1 } }),
}

const messages = [{ role: "user" as const, content: "Hello" }]
const newCode = async ({ admin }: World): Promise<string> =>
  (await admin.ok("POST", "/api/v1/auth/keys/code", { callback_url: "https://app.example.test/back" })).data.id

export const seedCalled: Calls<OpenRouter> = {
  "apiKeys.getCurrentKeyMetadata": (client) => client.apiKeys.getCurrentKeyMetadata(),
  "chat.send": (client) => client.chat.send({ chatRequest: { model: "mock/echo", messages, stream: false } }),
  "beta.responses.send": (client) =>
    client.beta.responses.send({ responsesRequest: { model: "mock/echo", input: "Hello" } }),
  callModel: (client) => client.callModel({ model: "mock/echo", input: "Hello" }).getResponse(),
  "embeddings.generate": (client) =>
    client.embeddings.generate({ requestBody: { model: "mock/embed", input: "Hello" } }),
  "embeddings.listModels": (client) => client.embeddings.listModels(),
  "generations.getGeneration": (client, { generation }) => client.generations.getGeneration({ id: generation }),
  "models.list": (client) => client.models.list(),
  "models.count": (client) => client.models.count(),
  "models.listForUser": (client) => client.models.listForUser({ bearer: tokens.caller }),
  "endpoints.list": (client) => client.endpoints.list({ author: "mock", slug: "echo" }),
  "endpoints.listZdrEndpoints": (client) => client.endpoints.listZdrEndpoints(),
  "providers.list": (client) => client.providers.list(),
  "oAuth.exchangeAuthCodeForAPIKey": async (client, world) =>
    client.oAuth.exchangeAuthCodeForAPIKey({ requestBody: { code: await newCode(world) } }),
}

export const seedAlone: Calls<OpenRouter> = {
  "oAuth.createSHA256CodeChallenge": (client) => client.oAuth.createSHA256CodeChallenge(),
  "oAuth.createAuthorizationUrl": (client) =>
    client.oAuth.createAuthorizationUrl({ callbackUrl: "https://app.example.test/back" }),
}

/** Was removed: the answer is an error for every client. */
export const seedElsewhere: readonly string[] = ["credits.createCoinbaseCharge"]
