import type { OpenRouter } from "@openrouter/sdk"
import type { Calls } from "./methods.ts"
import type { World } from "./world.ts"

const day = 86_400_000
const chatRequest = (world: World) => ({
  model: "mock/echo",
  messages: [{ role: "system" as const, content: world.named("Be kind.") }],
})
const newKey = (world: World) => world.make("/api/v1/keys", { name: world.named("key") })
const newGuardrail = (world: World) => world.make("/api/v1/guardrails", { name: world.named("guardrail") })
const newWorkspace = (world: World) => {
  const slug = world.named("work")
  return world.make("/api/v1/workspaces", { name: slug, slug })
}
const newCredential = (world: World) =>
  world.make("/api/v1/byok", { provider: "together", key: `sk-brought-${world.named("credential")}` })

/** What the current SDK has for whoever manages. */
export const currentManaged: Calls<OpenRouter> = {
  "apiKeys.list": (client) => client.apiKeys.list({ includeDisabled: true, offset: 1 }),
  "apiKeys.create": (client, world) =>
    client.apiKeys.create({
      requestBody: {
        name: world.named("key"),
        limit: 12.5,
        limitReset: "monthly",
        includeByokInLimit: true,
        expiresAt: new Date("2999-01-01T00:00:00Z"),
        creatorUserId: world.members[0]!,
        workspaceId: world.workspace,
      },
    }),
  "apiKeys.get": (client, { keys }) => client.apiKeys.get({ hash: keys[0]! }),
  "apiKeys.update": (client, { keys }) =>
    client.apiKeys.update({ hash: keys[0]!, requestBody: { name: "renamed", limit: null, disabled: false } }),
  "apiKeys.delete": async (client, world) => client.apiKeys.delete({ hash: await newKey(world) }),
  "credits.getCredits": (client) => client.credits.getCredits(),
  "organization.listMembers": (client) => client.organization.listMembers(),
  "analytics.getUserActivity": (client, { keys, members }) =>
    client.analytics.getUserActivity({
      date: new Date(Date.now() - day).toISOString().slice(0, 10),
      apiKeyHash: keys[0]!,
      userId: members[0]!,
    }),
  "analytics.getAnalyticsMeta": (client) => client.analytics.getAnalyticsMeta(),
  "analytics.queryAnalytics": (client) =>
    client.analytics.queryAnalytics({
      requestBody: {
        metrics: ["request_count", "total_usage"],
        dimensions: ["model"],
        granularity: "day",
        filters: [{ field: "model", operator: "in", value: ["mock/echo"] }],
        orderBy: { field: "request_count", direction: "desc" },
        limit: 10,
        timeRange: { start: new Date(Date.now() - day), end: new Date() },
      },
    }),
  "guardrails.list": (client) => client.guardrails.list(),
  "guardrails.create": (client, world) =>
    client.guardrails.create({
      createGuardrailRequest: {
        name: world.named("guardrail"),
        description: "all fields",
        limitUsd: 50,
        resetInterval: "monthly",
        allowedProviders: ["mock"],
        ignoredProviders: ["together"],
        allowedModels: ["mock/echo"],
        ignoredModels: ["mock/script"],
        enforceZdrAnthropic: true,
        enforceZdrOther: false,
        contentFilters: [{ pattern: "secret", action: "redact", label: "SECRET" }],
        contentFilterBuiltins: [{ slug: "email", action: "flag" }],
      },
    }),
  "guardrails.get": (client, { guardrail }) => client.guardrails.get({ id: guardrail }),
  "guardrails.update": (client, { guardrail }) =>
    client.guardrails.update({ id: guardrail, updateGuardrailRequest: { description: "new", limitUsd: null } }),
  "guardrails.delete": async (client, world) => client.guardrails.delete({ id: await newGuardrail(world) }),
  "guardrails.listKeyAssignments": (client) => client.guardrails.listKeyAssignments(),
  "guardrails.listMemberAssignments": (client) => client.guardrails.listMemberAssignments(),
  "guardrails.listGuardrailKeyAssignments": (client, { guardrail }) =>
    client.guardrails.listGuardrailKeyAssignments({ id: guardrail }),
  "guardrails.listGuardrailMemberAssignments": (client, { guardrail }) =>
    client.guardrails.listGuardrailMemberAssignments({ id: guardrail }),
  "guardrails.bulkAssignKeys": async (client, world) =>
    client.guardrails.bulkAssignKeys({
      id: world.guardrail,
      bulkAssignKeysRequest: { keyHashes: [await newKey(world)] },
    }),
  "guardrails.bulkUnassignKeys": (client, { guardrail, keys }) =>
    client.guardrails.bulkUnassignKeys({ id: guardrail, bulkUnassignKeysRequest: { keyHashes: [keys[0]!] } }),
  "guardrails.bulkAssignMembers": (client, { guardrail, members }) =>
    client.guardrails.bulkAssignMembers({
      id: guardrail,
      bulkAssignMembersRequest: { memberUserIds: [members[0]!] },
    }),
  "guardrails.bulkUnassignMembers": (client, { guardrail, members }) =>
    client.guardrails.bulkUnassignMembers({
      id: guardrail,
      bulkUnassignMembersRequest: { memberUserIds: [members[0]!] },
    }),
  "oAuth.createAuthCode": (client, world) =>
    client.oAuth.createAuthCode({
      requestBody: {
        callbackUrl: "https://app.example.test/back",
        codeChallenge: "a-plain-challenge",
        codeChallengeMethod: "plain",
        keyLabel: world.named("app"),
        limit: 1,
        usageLimitType: "weekly",
        expiresAt: new Date("2999-01-01T00:00:00Z"),
        workspaceId: world.workspace,
      },
    }),
  "workspaces.list": (client) => client.workspaces.list(),
  "workspaces.create": (client, world) => {
    const slug = world.named("space")
    return client.workspaces.create({ createWorkspaceRequest: { name: slug, slug, description: "for many" } })
  },
  "workspaces.get": (client, { workspace }) => client.workspaces.get({ id: workspace }),
  "workspaces.update": (client, { workspace }) =>
    client.workspaces.update({ id: workspace, updateWorkspaceRequest: { description: "new" } }),
  "workspaces.delete": async (client, world) => client.workspaces.delete({ id: await newWorkspace(world) }),
  "workspaces.listMembers": (client, { workspace }) => client.workspaces.listMembers({ id: workspace }),
  "workspaces.bulkAddMembers": async (client, world) =>
    client.workspaces.bulkAddMembers({
      id: await newWorkspace(world),
      bulkAddWorkspaceMembersRequest: { userIds: world.members.slice(0, 3) },
    }),
  "workspaces.bulkRemoveMembers": async (client, world) =>
    client.workspaces.bulkRemoveMembers({
      id: await newWorkspace(world),
      bulkRemoveWorkspaceMembersRequest: { userIds: world.members.slice(0, 3) },
    }),
  "workspaces.listBudgets": (client, { workspace }) => client.workspaces.listBudgets({ workspaceRef: workspace }),
  "workspaces.getBudget": (client, { workspace }) =>
    client.workspaces.getBudget({ workspaceRef: workspace, interval: "monthly" }),
  "workspaces.setBudget": (client, { workspace }) =>
    client.workspaces.setBudget({
      workspaceRef: workspace,
      interval: "weekly",
      upsertWorkspaceBudgetRequest: { limitUsd: 10 },
    }),
  "workspaces.deleteBudget": (client, { workspace }) =>
    client.workspaces.deleteBudget({ workspaceRef: workspace, interval: "daily" }),
  "presets.createPresetsChatCompletions": (client, world) =>
    client.presets.createPresetsChatCompletions({
      slug: world.named("chat-preset"),
      chatRequest: { ...chatRequest(world), temperature: 0.3 },
    }),
  "presets.createPresetsMessages": (client, world) =>
    client.presets.createPresetsMessages({
      slug: world.named("messages-preset"),
      messagesRequest: {
        model: "mock/echo",
        system: "Be kind.",
        maxTokens: 100,
        messages: [{ role: "user", content: "Hi" }],
      },
    }),
  "presets.createPresetsResponses": (client, world) =>
    client.presets.createPresetsResponses({
      slug: world.named("responses-preset"),
      responsesRequest: { model: "mock/echo", instructions: "Be kind.", temperature: 0.2 },
    }),
  "byok.list": (client) => client.byok.list(),
  "byok.create": (client, world) =>
    client.byok.create({
      createBYOKKeyRequest: {
        provider: "together",
        key: `sk-brought-${world.named("credential")}`,
        name: "ours",
        allowedModels: ["mock/echo"],
        allowedApiKeyHashes: [world.keys[1]!],
        allowedUserIds: [world.members[1]!],
        isFallback: true,
        workspaceId: world.workspace,
      },
    }),
  "byok.get": async (client, world) => client.byok.get({ id: await newCredential(world) }),
  "byok.update": async (client, world) =>
    client.byok.update({ id: await newCredential(world), updateBYOKKeyRequest: { name: "theirs", disabled: true } }),
  "byok.delete": async (client, world) => client.byok.delete({ id: await newCredential(world) }),
}
