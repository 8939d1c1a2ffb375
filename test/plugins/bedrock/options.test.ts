import { describe, expect, test } from "bun:test"
import { mantleUrl, partitionName, serviceUrl } from "../../../plugins/bedrock/hosts.ts"
import { baseModel, profileGeography } from "../../../plugins/bedrock/models.ts"
import { provider } from "./kit.ts"

const refusal = (options: Record<string, unknown>) => {
  try {
    provider({ options })
  } catch (thrown) {
    return (thrown as { param?: string }).param
  }
  return undefined
}

test("a mistake names the option", () => {
  expect(refusal({ regions: "x" })).toBe("options.regions")
  expect(refusal({ region: "evil.example/#" })).toBe("options.region")
  expect(refusal({ region: "" })).toBe("options.region")
  expect(refusal({ wires: ["invoke", "magic"] })).toBe("options.wires")
  expect(refusal({ endpoints: { runtime: "not a url" } })).toBe("options.endpoints.runtime")
  expect(refusal({ endpoints: { elsewhere: "http://x" } })).toBe("options.endpoints.elsewhere")
  expect(refusal({ assume_role: {} })).toBe("options.assume_role.arn")
  expect(refusal({ guardrail: "g" })).toBe("options.guardrail")
  expect(refusal({ betas: "one" })).toBe("options.betas")
  expect(refusal({ secret_access_key: "s" })).toBe("options.access_key_id")
  expect(refusal({})).toBeUndefined()
})

test("the region comes from the file, or from AWS's variables", () => {
  const url = (options: Record<string, unknown>, variables: Record<string, string> = {}) =>
    provider({ options, variables }).otherWires?.at(-1)?.endpoint({ model: "m", stream: false }).url
  expect(url({ region: "us-west-2" })).toBe("https://bedrock-runtime.us-west-2.amazonaws.com/model/m/converse")
  expect(url({ region: undefined }, { AWS_REGION: "eu-north-1" })).toBe(
    "https://bedrock-runtime.eu-north-1.amazonaws.com/model/m/converse",
  )
  expect(url({ region: undefined }, { AWS_DEFAULT_REGION: "eu-west-1" })).toContain("eu-west-1")
  expect(url({}, { AWS_ENDPOINT_URL_BEDROCK_RUNTIME: "https://vpce.example/" })).toBe(
    "https://vpce.example/model/m/converse",
  )
})

test("an address of one's own keeps requests from going elsewhere", () => {
  const made = provider({ baseUrl: "https://vpce.example" })
  expect(made.otherWires?.map((wire) => wire.serves?.("openai.gpt-oss-120b"))).toEqual(
    [...(made.otherWires ?? [])].map((_, at, all) => at === all.length - 1),
  )
  expect(made.abilities?.rerank).toBeUndefined()
})

test("an address and a key of one's own need no region", () => {
  const made = provider({ baseUrl: "https://proxy.example", apiKey: "k", options: { region: undefined } })
  expect(made.wire?.endpoint({ model: "anthropic.claude-x", stream: false }).url).toBe(
    "https://proxy.example/model/anthropic.claude-x/invoke",
  )
  expect(made.region).toBeUndefined()
  expect(() => provider({ baseUrl: "https://proxy.example", options: { region: undefined } })).toThrow("AWS_REGION")
})

describe("partitions", () => {
  test("each has its own suffix", () => {
    expect(serviceUrl("bedrock-runtime", "cn-north-1")).toBe("https://bedrock-runtime.cn-north-1.amazonaws.com.cn")
    expect(serviceUrl("bedrock-runtime", "us-iso-east-1")).toBe("https://bedrock-runtime.us-iso-east-1.c2s.ic.gov")
    expect(serviceUrl("bedrock-runtime", "us-isob-east-1")).toBe("https://bedrock-runtime.us-isob-east-1.sc2s.sgov.gov")
    expect(serviceUrl("bedrock-runtime", "us-isof-south-1")).toBe(
      "https://bedrock-runtime.us-isof-south-1.csp.hci.ic.gov",
    )
    expect(serviceUrl("bedrock-runtime", "eu-isoe-west-1")).toBe(
      "https://bedrock-runtime.eu-isoe-west-1.cloud.adc-e.uk",
    )
    expect(serviceUrl("bedrock-agent-runtime", "eusc-de-east-1")).toBe(
      "https://bedrock-agent-runtime.eusc-de-east-1.amazonaws.eu",
    )
    expect(serviceUrl("sts", "us-gov-west-1")).toBe("https://sts.us-gov-west-1.amazonaws.com")
  })

  test("each has its own name in ARNs, and the OpenAI-shaped endpoint only one", () => {
    expect(["eu-west-1", "cn-north-1", "us-gov-west-1"].map(partitionName)).toEqual(["aws", "aws-cn", "aws-us-gov"])
    expect(["eu-west-1", "cn-north-1"].map(mantleUrl)).toEqual(["https://bedrock-mantle.eu-west-1.api.aws", undefined])
  })
})

describe("where a model runs", () => {
  test("an inference profile says it itself, and a global one is never European", () => {
    const { region, regionOf } = provider({ options: { region: "eu-central-1" } })
    expect(region).toBe("eu-central-1")
    const of = (model: string) => regionOf?.(model)
    expect(of("global.anthropic.claude-sonnet-4-5-20250929-v1:0")).toBe("global")
    expect(of("arn:aws:bedrock:eu-central-1:1:inference-profile/global.anthropic.claude-opus-5")).toBe("global")
    expect(of("us.amazon.nova-pro-v1:0")).toBe("us")
    expect(of("us-gov.anthropic.claude-sonnet-4-5")).toBe("us")
    expect(of("eu.mistral.pixtral-large-2502-v1:0")).toBe("eu")
    expect(of("amazon.nova-pro-v1:0")).toBeUndefined()
  })
})

test("the model behind a name", () => {
  const names = {
    "eu.anthropic.claude-x": "anthropic.claude-x",
    "us-gov.anthropic.claude-x": "anthropic.claude-x",
    "apac.amazon.nova-pro-v1:0": "amazon.nova-pro-v1:0",
    "ai21.jamba-1-5-large-v1:0": "ai21.jamba-1-5-large-v1:0",
    "arn:aws:bedrock:eu-central-1::foundation-model/cohere.embed-v4:0": "cohere.embed-v4:0",
    "arn:aws:bedrock:eu-central-1:1:application-inference-profile/abc": "abc",
  }
  expect(Object.fromEntries(Object.keys(names).map((name) => [name, baseModel(name)]))).toEqual(names)
  expect(baseModel("arn:x/abc", { "arn:x/abc": "eu.anthropic.claude-x" })).toBe("anthropic.claude-x")
  expect(profileGeography("ai21.jamba")).toBeUndefined()
})
