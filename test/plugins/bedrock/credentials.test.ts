import { describe, expect, test } from "bun:test"
import { cachedCredentials } from "../../../plugins/bedrock/credentials/cache.ts"
import { credentialChain } from "../../../plugins/bedrock/credentials/chain.ts"
import type { Credentials } from "../../../plugins/bedrock/credentials/credentials.ts"
import { readOptions } from "../../../plugins/bedrock/options.ts"
import { signatureProblem } from "../../kit/fake-bedrock/signature.ts"
import { servicesWith, startedAt } from "./kit.ts"

const signal = new AbortController().signal
const minute = 60_000
const region = "eu-central-1"
const lasting = (id: string, expiresAt: number): Credentials => ({ accessKeyId: id, secretAccessKey: "s", expiresAt })

interface Asked {
  readonly url: string
  readonly method: string
  readonly headers: Headers
  readonly body: string
}

/** Answers by address; anything else is not there. */
const network = (routes: Readonly<Record<string, (asked: Asked) => Response>>) => {
  const asked: Asked[] = []
  const fetch = async (url: string | URL | Request, init: RequestInit = {}) => {
    const call = {
      url: String(url),
      method: init.method ?? "GET",
      headers: new Headers(init.headers),
      body: String(init.body ?? ""),
    }
    asked.push(call)
    const route = routes[`${call.method} ${call.url}`]
    if (!route) throw new Error(`nobody at ${call.url}`)
    return route(call)
  }
  return { asked, fetch: fetch as unknown as typeof globalThis.fetch }
}

const optionsWith = (options: Record<string, unknown> = {}, variables: Record<string, string> = {}) =>
  readOptions({ id: "bedrock", headers: {}, options: { region: "eu-central-1", ...options }, variables })

const given = { AccessKeyId: "ASIAROLE", SecretAccessKey: "secret", Token: "token", Expiration: "2026-11-20T20:00:00Z" }

describe("the cache", () => {
  test("one fetch serves everybody who asks meanwhile", async () => {
    let fetches = 0
    let release = (_: Credentials) => {}
    const cache = cachedCredentials(
      () => {
        fetches++
        return new Promise((resolve) => {
          release = resolve
        })
      },
      () => startedAt,
    )
    const all = Array.from({ length: 50 }, () => cache.get(signal))
    release(lasting("A", startedAt + 60 * minute))
    expect(new Set((await Promise.all(all)).map(({ accessKeyId }) => accessKeyId))).toEqual(new Set(["A"]))
    await cache.get(signal)
    expect(fetches).toBe(1)
  })

  test("shortly before the end new ones are fetched while the old ones serve; at the end one waits for them", async () => {
    let now = startedAt
    const next = [
      lasting("A", startedAt + 60 * minute),
      lasting("B", startedAt + 120 * minute),
      lasting("C", startedAt + 180 * minute),
    ]
    const cache = cachedCredentials(
      () => Promise.resolve(next.shift()),
      () => now,
    )
    const id = async () => (await cache.get(signal)).accessKeyId
    expect(await id()).toBe("A")
    now += 54 * minute
    expect(await id()).toBe("A")
    now += 2 * minute
    expect(await id()).toBe("A")
    await Promise.resolve()
    expect(await id()).toBe("B")
    now = startedAt + 120 * minute
    expect(await id()).toBe("C")
  })

  test("a fetch that fails early is not felt, and is tried again; at the end it is provider_auth", async () => {
    let now = startedAt
    let fail = false
    let fetches = 0
    const cache = cachedCredentials(
      () => {
        fetches++
        return fail
          ? Promise.reject(new Error("metadata is away"))
          : Promise.resolve(lasting("A", startedAt + 60 * minute))
      },
      () => now,
    )
    await cache.get(signal)
    fail = true
    now += 56 * minute
    for (let round = 0; round < 3; round++) {
      expect((await cache.get(signal)).accessKeyId).toBe("A")
      await new Promise<void>((resolve) => queueMicrotask(resolve))
      await Promise.resolve()
    }
    expect(fetches).toBeGreaterThan(1)
    now = startedAt + 60 * minute
    const error = await cache.get(signal).catch((thrown) => thrown)
    expect([error.code, error.message]).toEqual(["provider_auth", "no AWS credentials: metadata is away"])
    fail = false
    now = startedAt
    expect((await cache.get(signal)).accessKeyId).toBe("A")
  })

  test("a request that goes away stops only itself", async () => {
    let release = (_: Credentials) => {}
    const cache = cachedCredentials(
      () =>
        new Promise((resolve) => {
          release = resolve
        }),
      () => startedAt,
    )
    const leaving = new AbortController()
    const [gone, stays] = [cache.get(leaving.signal), cache.get(signal)]
    leaving.abort(new Error("client left"))
    await expect(gone).rejects.toThrow("client left")
    release(lasting("A", startedAt + 60 * minute))
    expect((await stays).accessKeyId).toBe("A")
  })

  test("what the upstream calls expired is fetched anew, whatever the clock says", async () => {
    const next = [lasting("A", startedAt + 60 * minute), lasting("B", startedAt + 60 * minute)]
    const cache = cachedCredentials(
      () => Promise.resolve(next.shift()),
      () => startedAt,
    )
    await cache.get(signal)
    cache.forget()
    expect((await cache.get(signal)).accessKeyId).toBe("B")
  })

  test("nothing found, or found expired, says what to do", async () => {
    const none = cachedCredentials(
      () => Promise.resolve(undefined),
      () => startedAt,
    )
    await expect(none.get(signal)).rejects.toThrow("set api_key (AWS_BEARER_TOKEN_BEDROCK)")
    const old = cachedCredentials(
      () => Promise.resolve(lasting("A", startedAt)),
      () => startedAt,
    )
    await expect(old.get(signal)).rejects.toThrow("have expired")
  })
})

describe("keys", () => {
  test("of the file, or of the environment, never half of each", async () => {
    const variables = { AWS_ACCESS_KEY_ID: "ENV", AWS_SECRET_ACCESS_KEY: "env", AWS_SESSION_TOKEN: "envtoken" }
    const own = optionsWith({ access_key_id: "FILE", secret_access_key: "file" }, variables)
    expect(await credentialChain(own, region, servicesWith())()).toEqual({
      accessKeyId: "FILE",
      secretAccessKey: "file",
    })
    const environment = optionsWith({}, variables)
    expect(await credentialChain(environment, region, servicesWith())()).toEqual({
      accessKeyId: "ENV",
      secretAccessKey: "env",
      sessionToken: "envtoken",
    })
    expect(() => optionsWith({ access_key_id: "FILE" }, variables)).toThrow("secret_access_key is missing")
  })
})

describe("the container's role", () => {
  const variables = { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: "/v2/credentials/abc" }

  test("in ECS, by the relative address", async () => {
    const { fetch } = network({ "GET http://169.254.170.2/v2/credentials/abc": () => Response.json(given) })
    const found = await credentialChain(optionsWith({}, variables), region, servicesWith({ fetch }))()
    expect(found).toEqual({
      accessKeyId: "ASIAROLE",
      secretAccessKey: "secret",
      sessionToken: "token",
      expiresAt: Date.parse(given.Expiration),
    })
  })

  test("in EKS, by the full address, with the token of a file that is read each time", async () => {
    const tokens = ["one", "two"]
    const { fetch, asked } = network({ "GET http://169.254.170.23/v1/credentials": () => Response.json(given) })
    const pod = {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://169.254.170.23/v1/credentials",
      AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: "/var/run/token",
    }
    const source = credentialChain(
      optionsWith({}, pod),
      region,
      servicesWith({ fetch, readText: () => Promise.resolve(`${tokens.shift()}\n`) }),
    )
    await source()
    await source()
    expect(asked.map(({ headers }) => headers.get("authorization"))).toEqual(["one", "two"])
  })

  test("keys travel in the clear only on this machine", async () => {
    const options = optionsWith({}, { AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://evil.example/credentials" })
    await expect(credentialChain(options, region, servicesWith())()).rejects.toThrow("must use https")
  })

  test("a refusal and nonsense are told without their words, which may be secret", async () => {
    const { fetch } = network({
      "GET http://169.254.170.2/v2/credentials/abc": () => new Response("SECRETSECRET", { status: 500 }),
    })
    await expect(credentialChain(optionsWith({}, variables), region, servicesWith({ fetch }))()).rejects.toThrow(
      /status 500$/,
    )
    const odd = network({ "GET http://169.254.170.2/v2/credentials/abc": () => Response.json({ AccessKeyId: "A" }) })
    await expect(
      credentialChain(optionsWith({}, variables), region, servicesWith({ fetch: odd.fetch }))(),
    ).rejects.toThrow("without AccessKeyId and SecretAccessKey")
  })
})

describe("the instance's role", () => {
  const base = "http://169.254.169.254/latest"
  const roles = `GET ${base}/meta-data/iam/security-credentials/`

  test("by IMDSv2: token, name of the role, credentials", async () => {
    const { fetch, asked } = network({
      [`PUT ${base}/api/token`]: () => new Response("imds-token"),
      [roles]: () => new Response("my-role\n"),
      [`${roles}my-role`]: () => Response.json({ ...given, Code: "Success" }),
    })
    expect((await credentialChain(optionsWith(), region, servicesWith({ fetch }))())?.accessKeyId).toBe("ASIAROLE")
    expect(asked[0]?.headers.get("x-aws-ec2-metadata-token-ttl-seconds")).toBe("300")
    expect(asked.slice(1).map(({ headers }) => headers.get("x-aws-ec2-metadata-token"))).toEqual([
      "imds-token",
      "imds-token",
    ])
  })

  test("off AWS, without a role, or switched off: there are none", async () => {
    expect(await credentialChain(optionsWith(), region, servicesWith({ fetch: network({}).fetch }))()).toBeUndefined()
    const roleless = network({
      [`PUT ${base}/api/token`]: () => new Response("t"),
      [roles]: () => new Response("", { status: 404 }),
    })
    expect(await credentialChain(optionsWith(), region, servicesWith({ fetch: roleless.fetch }))()).toBeUndefined()
    const off = network({})
    await credentialChain(optionsWith({ instance_metadata: false }), region, servicesWith({ fetch: off.fetch }))()
    await credentialChain(
      optionsWith({}, { AWS_EC2_METADATA_DISABLED: "true" }),
      region,
      servicesWith({ fetch: off.fetch }),
    )()
    expect(off.asked).toEqual([])
  })

  test("a role that cannot be used is an error", async () => {
    const { fetch } = network({
      [`PUT ${base}/api/token`]: () => new Response("t"),
      [roles]: () => new Response("my-role"),
      [`${roles}my-role`]: () => Response.json({ Code: "AssumeRoleUnauthorizedAccess" }),
    })
    await expect(credentialChain(optionsWith(), region, servicesWith({ fetch }))()).rejects.toThrow(
      "AssumeRoleUnauthorizedAccess",
    )
  })
})

describe("another role, by STS", () => {
  const role = { arn: "arn:aws:iam::123456789012:role/llm", external_id: "x&y", session_name: "gateway" }
  const keys = { access_key_id: "AKIABASE", secret_access_key: "base" }
  const answer = `<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIANEW</AccessKeyId><SecretAccessKey>new</SecretAccessKey>
    <SessionToken>tok/en+==</SessionToken><Expiration>2026-11-20T14:45:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`

  test("asked with a signature of the first credentials", async () => {
    const { fetch, asked } = network({ "POST https://sts.eu-central-1.amazonaws.com/": () => new Response(answer) })
    const found = await credentialChain(optionsWith({ ...keys, assume_role: role }), region, servicesWith({ fetch }))()
    expect(found).toEqual({
      accessKeyId: "ASIANEW",
      secretAccessKey: "new",
      sessionToken: "tok/en+==",
      expiresAt: Date.parse("2026-11-20T14:45:00Z"),
    })
    const [call] = asked
    expect(Object.fromEntries(new URLSearchParams(call?.body))).toMatchObject({
      Action: "AssumeRole",
      Version: "2011-06-15",
      RoleArn: role.arn,
      RoleSessionName: "gateway",
      ExternalId: "x&y",
    })
    const headers = new Headers(call?.headers)
    headers.set("host", "sts.eu-central-1.amazonaws.com")
    const signed = { method: "POST", path: "/", query: "", headers, body: call?.body ?? "" }
    expect(
      signatureProblem(signed, { AKIABASE: { secret: "base" } }, { service: "sts", region: "eu-central-1" }),
    ).toBeUndefined()
  })

  test("a refusal in STS's words", async () => {
    const xml =
      "<ErrorResponse><Error><Code>AccessDenied</Code><Message>not authorized to perform: sts:AssumeRole</Message></Error></ErrorResponse>"
    const { fetch } = network({
      "POST https://sts.eu-central-1.amazonaws.com/": () => new Response(xml, { status: 403 }),
    })
    const error = await credentialChain(
      optionsWith({ ...keys, assume_role: role }),
      region,
      servicesWith({ fetch }),
    )().catch((thrown) => thrown)
    expect([error.code, error.message]).toEqual([
      "provider_auth",
      `no AWS credentials: STS refuses to assume ${role.arn}: not authorized to perform: sts:AssumeRole`,
    ])
  })
})
