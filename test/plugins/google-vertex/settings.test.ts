import { beforeAll, describe, expect, test } from "bun:test"
import { exportPKCS8, generateKeyPair } from "jose"
import { GatewayError, type ProviderSettings } from "../../../src/contract/index.ts"
import { create } from "./kit.ts"

let key = ""
beforeAll(async () => {
  key = await exportPKCS8((await generateKeyPair("RS256", { extractable: true })).privateKey)
})

const refusal = (more: Partial<ProviderSettings>): GatewayError => {
  try {
    create(more)
  } catch (error) {
    if (GatewayError.is(error)) return error
    throw error
  }
  throw new Error("expected a refusal")
}

describe("refuses, and says what to change", () => {
  const file = (fields: object) => ({ project: "p", service_account: JSON.stringify(fields) })
  const cases: readonly (readonly [string, Partial<ProviderSettings>, string, string])[] = [
    ["no credential", { options: { project: "p" } }, "options.service_account", "metadata: true"],
    ["an unknown option", { options: { projekt: "p" } }, "options.projekt", "known: access_token"],
    ["no project", { options: { access_token: "t" } }, "options.project", "GOOGLE_VERTEX_PROJECT"],
    ["a number as project", { options: { access_token: "t", project: 7 } }, "options.project", "must be a text"],
    [
      "a project that is a path",
      { options: { access_token: "t", project: "../x" } },
      "options.project",
      "id or number",
    ],
    ["two credentials", { options: { project: "p", access_token: "t", metadata: true } }, "options", "more than one"],
    ["half a pair", { options: { project: "p", client_email: "a@b" } }, "options.private_key", "belong together"],
    ["a key file that is none", { options: file({ a: 1 }) }, "options.service_account", "has no client_email"],
    [
      "text that is no JSON",
      { options: { service_account: "/etc/key.json" } },
      "options.service_account",
      "content of the key",
    ],
    [
      "another kind of file",
      { options: file({ type: "external_account" }) },
      "options.service_account",
      "known: service_account",
    ],
    [
      "a key that is none",
      { options: file({ client_email: "a@b", private_key: "hunter2" }) },
      "options.service_account",
      "BEGIN PRIVATE KEY",
    ],
    [
      "a bad metadata address",
      { options: { project: "p", metadata: "here" } },
      "options.metadata",
      "address of the metadata",
    ],
  ]
  for (const [name, more, param, words] of cases)
    test(name, () => {
      const error = refusal(more)
      expect(error.code).toBe("invalid_request")
      expect(error.param).toBe(param)
      expect(error.message).toContain(words)
      expect(error.message).not.toContain("hunter2")
    })

  for (const location of ["evil.test/", "a.b", "eu@evil", "-eu", "EU", "x".repeat(64), "eu#", " "])
    test(`the location "${location}", which would name another host`, () => {
      expect(refusal({ options: { project: "p", access_token: "t", location } }).param).toBe("options.location")
    })
})

describe("takes what operators have", () => {
  test("a key file as a map, whose project is the project", () => {
    const service_account = { type: "service_account", client_email: "a@b", private_key: key, project_id: "from-file" }
    const { wire } = create({ options: { service_account } })
    expect(wire?.sign).toBeFunction()
    expect(wire?.endpoint({ model: "gemini-3-flash", stream: false }).url).toContain("/projects/from-file/")
  })
  test("mail address and key alone, with the line breaks of environment variables", () => {
    const { wire } = create({
      options: { project: "p", client_email: "a@b", private_key: key.replaceAll("\n", "\\n") },
    })
    expect(wire?.sign).toBeFunction()
  })
  test("environment variables, unless options say otherwise", () => {
    const variables = {
      GOOGLE_VERTEX_PROJECT: "from-env",
      GOOGLE_VERTEX_LOCATION: "eu",
      GOOGLE_CLIENT_EMAIL: "a@b",
      GOOGLE_PRIVATE_KEY: key,
    }
    expect(create({ variables }).region).toBe("eu")
    const { wire } = create({ variables, options: { location: "us" } })
    expect(wire?.endpoint({ model: "gemini-3-flash", stream: false }).url).toContain("/projects/from-env/locations/us/")
  })
  test("a ready token, and the operator's own header", () => {
    const token = create({ options: { project: "p", access_token: "ready" } })
    expect(token.wire?.endpoint({ model: "gemini-3-flash", stream: false }).headers.authorization).toBe("Bearer ready")
    const own = create({ options: { project: "p" }, headers: { Authorization: "Bearer own" } })
    expect(own.wire?.endpoint({ model: "gemini-3-flash", stream: false }).headers.authorization).toBe("Bearer own")
    expect(own.wire?.sign).toBeUndefined()
  })
  test("nothing, where a proxy knows", () => {
    const { wire } = create({ baseUrl: "http://10.0.0.1", options: { project: "p" } })
    expect(wire?.endpoint({ model: "gemini-3-flash", stream: false }).headers).not.toHaveProperty("authorization")
  })
})
