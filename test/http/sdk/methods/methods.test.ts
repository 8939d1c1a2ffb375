import { afterAll, beforeAll, describe, expect, test } from "bun:test"
import type { OpenRouter } from "@openrouter/sdk"
import type { Fetcher } from "@openrouter/sdk/lib/http"
import * as currentErrors from "@openrouter/sdk/models/errors"
import type { OpenRouter as SeedOpenRouter } from "openrouter-sdk-0"
import * as seedErrors from "openrouter-sdk-0/models/errors"
import { type ErrorCode, errorCodes, GatewayError } from "../../../../src/contract/index.ts"
import { openrouterFace } from "../../../../src/dialects/faces/index.ts"
import { errorResponse } from "../../../../src/http/errors.ts"
import { startGateway, type TestGateway } from "../../../kit/gateway.ts"
import { currentAlone, currentCalled, currentElsewhere } from "./current-called.ts"
import { currentManaged } from "./current-managed.ts"
import { type Calls, declaredStatuses, methodsOf, misnamed, requestOf, taken, thrownBy } from "./methods.ts"
import { seedAlone, seedCalled, seedElsewhere, seedManaged } from "./seed-calls.ts"
import { currentClient, fillWorld, many, manyModels, seedClient, tokens, type World, worldConfig } from "./world.ts"

let gateway: TestGateway
let world: World
beforeAll(async () => {
  gateway = await startGateway(worldConfig)
  world = await fillWorld(gateway.url)
}, 60_000)
afterAll(() => gateway.stop())

/** Answers everything with one failure, as the gateway puts it. */
let failure: ErrorCode = "internal"
const failing = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  fetch: () => errorResponse(new GatewayError(failure, "what to do"), openrouterFace, { requestId: "req_1" }),
})
afterAll(() => failing.stop(true))

/** One code for each status that OpenRouter's clients may see. */
const codes = new Map<number, ErrorCode>()
for (const [code, { status, openrouterStatus = status }] of Object.entries(errorCodes))
  if (!codes.has(openrouterStatus)) codes.set(openrouterStatus, code as ErrorCode)

interface Errors {
  readonly OpenRouterDefaultError: new (...args: never[]) => Error & { readonly statusCode: number }
  readonly ResponseValidationError: new (...args: never[]) => Error
}

interface Sdk<Client extends object> {
  readonly name: string
  readonly client: (url: string, key: string, fetcher?: Fetcher) => Client
  readonly errors: Errors
  readonly managed: Calls<Client>
  readonly called: Calls<Client>
  readonly alone: Calls<Client>
  /** Methods, or the beginnings of their names. */
  readonly elsewhere: readonly string[]
}

const current: Sdk<OpenRouter> = {
  name: "@openrouter/sdk",
  client: currentClient,
  errors: currentErrors,
  managed: currentManaged,
  called: currentCalled,
  alone: currentAlone,
  elsewhere: currentElsewhere,
}
const seed: Sdk<SeedOpenRouter> = {
  name: "openrouter-sdk-0",
  client: seedClient,
  errors: seedErrors,
  managed: seedManaged,
  called: seedCalled,
  alone: seedAlone,
  elsewhere: seedElsewhere,
}

/** What an SDK throws for a status that it has an error for. */
interface Told {
  readonly statusCode: number
  readonly error: { readonly code: number; readonly message: string }
}

function suite<Client extends object>(sdk: Sdk<Client>) {
  const { errors } = sdk
  const isElsewhere = (name: string) =>
    sdk.elsewhere.some((start) => name === start || (start.endsWith(".") && name.startsWith(start)))
  const methods = methodsOf(sdk.client("http://127.0.0.1:1", ""))
  const remote = Object.entries({ ...sdk.managed, ...sdk.called })
  /** Has errors of its own for what happens to its requests, or passes them on. */
  const kindOf = (thrown: unknown): string =>
    thrown instanceof errors.OpenRouterDefaultError
      ? "other"
      : thrown instanceof errors.ResponseValidationError
        ? `not understood: ${thrown.message}`
        : (thrown as Error).name

  test("every method is called here, or is known not to be", () => {
    const known = Object.keys({ ...sdk.managed, ...sdk.called, ...sdk.alone })
    expect(known.toSorted()).toEqual(methods.filter((name) => !isElsewhere(name)).toSorted())
    for (const start of sdk.elsewhere) expect(methods.some((name) => name.startsWith(start))).toBe(true)
  })

  test.each(Object.entries(sdk.managed))("%s, by whoever manages", async (_, call) => {
    await checked(call(sdk.client(world.url, tokens.manager), world))
  })

  test.each(Object.entries({ ...sdk.called, ...sdk.alone }))("%s, with an inference key", async (_, call) => {
    await checked(call(sdk.client(world.url, tokens.caller), world))
  })

  test.each(Object.entries(sdk.managed))("%s, by whoever may not", async (name, call) => {
    const declared = declaredStatuses(sdk.name, name)
    const nobody = await thrownBy(call(sdk.client(world.url, "sk-unknown"), world))
    expect(kindOf(nobody)).toBe("UnauthorizedResponseError")
    expect((nobody as Told).error.code).toBe(401)
    const caller = await thrownBy(call(sdk.client(world.url, tokens.caller), world))
    expect(kindOf(caller)).toBe(declared.has(403) ? "ForbiddenResponseError" : "other")
    expect((caller as Told).statusCode).toBe(403)
  })

  test.each(methods.filter(isElsewhere))("%s is refused at once", async (name) => {
    const { method, path } = requestOf(sdk.name, name)
    const some = path.replace(/\{[^}]*\}/g, "some")
    const answer = await world.admin.send(method, `/api/v1${some}`, method === "GET" ? undefined : {})
    const { error } = (await answer.json()) as Pick<Told, "error">
    expect([error.code, answer.status >= 400 && answer.status < 500]).toEqual([answer.status, true])
  })

  /** Those that make what they name are not among them. */
  const naming = remote.filter(
    ([name]) =>
      declaredStatuses(sdk.name, name).has(404) &&
      requestOf(sdk.name, name).path.includes("{") &&
      !name.includes(".createPresets"),
  )
  test.each(naming)("%s of what is not there", async (name, call) => {
    const { path } = requestOf(sdk.name, name)
    const fetcher: Fetcher = (input, init) => fetch(misnamed(new Request(input, init), path))
    const thrown = await thrownBy(call(sdk.client(world.url, tokens.manager, fetcher), world))
    expect(kindOf(thrown)).toBe("NotFoundResponseError")
    expect((thrown as Told).error.code).toBe(404)
  })

  test.each(remote)("%s has its own error for every status that it knows", async (name, call) => {
    const declared = declaredStatuses(sdk.name, name)
    const client = sdk.client(failing.url.origin, tokens.manager)
    for (const [status, code] of codes) {
      failure = code
      const thrown = (await thrownBy(call(client, world))) as Told
      expect(thrown).toBeInstanceOf(Error)
      expect(kindOf(thrown)).not.toStartWith("not understood")
      expect(thrown.statusCode).toBe(status)
      if (!declared.has(status)) continue
      expect([status, kindOf(thrown)]).not.toEqual([status, "other"])
      expect(thrown.error.code).toBe(status)
    }
  })
}

/** Lists are whole, and end. */
async function checked(given: unknown): Promise<void> {
  const rows = await taken(given)
  if (rows === undefined) return
  expect(rows.length).toBeGreaterThanOrEqual(many)
  expect(new Set(rows.map((row) => JSON.stringify(row))).size).toBe(rows.length)
}

describe("the current SDK", () => {
  suite(current)

  test("lists of models are longer than a page", async () => {
    const client = currentClient(world.url, tokens.caller)
    for (const rows of [await taken(client.models.list()), await taken(client.embeddings.listModels())])
      expect(rows?.length).toBeGreaterThanOrEqual(manyModels)
  })
})

describe("an SDK of an earlier generation", () => {
  suite(seed)
})
