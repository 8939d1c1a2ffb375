import { describe, expect, test } from "bun:test"
import { geolocation, isWithin, regionOfHost } from "../../src/catalog/regions.ts"

describe("geolocation", () => {
  test.each([
    // Configurations.
    ["eu", "eu"],
    ["EU", "eu"],
    ["us", "us"],
    ["de", "eu"],
    ["fr", "eu"],
    ["gb", "gb"],
    ["uk", "gb"],
    ["ch", "ch"],
    ["no", "no"],
    ["sg", "sg"],
    ["global", "global"],
    [undefined, "global"],
    ["somewhere", "global"],
    // AWS, and geographies of Bedrock's inference profiles.
    ["eu-central-1", "eu"],
    ["eu-west-1", "eu"],
    ["eu-west-3", "eu"],
    ["eu-north-1", "eu"],
    ["eu-south-2", "eu"],
    ["eusc-de-east-1", "eu"],
    ["eu-west-2", "gb"],
    ["eu-central-2", "ch"],
    ["us-east-1", "us"],
    ["us-gov-west-1", "us"],
    ["ap-southeast-1", "sg"],
    ["apac", "apac"],
    // Google.
    ["europe-west1", "eu"],
    ["europe-north1", "eu"],
    ["europe-west2", "gb"],
    ["europe-west6", "ch"],
    ["us-central1", "us"],
    ["asia-southeast1", "sg"],
    // Azure.
    ["swedencentral", "eu"],
    ["Sweden Central", "eu"],
    ["francecentral", "eu"],
    ["westeurope", "eu"],
    ["northeurope", "eu"],
    ["germanywestcentral", "eu"],
    ["italynorth", "eu"],
    ["polandcentral", "eu"],
    ["spaincentral", "eu"],
    ["norwayeast", "no"],
    ["switzerlandnorth", "ch"],
    ["uksouth", "gb"],
    ["eastus2", "us"],
    ["southeastasia", "sg"],
  ])("%s is in %s", (region, place) => {
    expect(geolocation(region)).toBe(place)
  })
})

describe("a wish for a region", () => {
  test.each([
    ["de", "eu", true],
    ["europe-west1", "eu", true],
    ["swedencentral", "EU", true],
    ["eu", "eu", true],
    ["eu-central-1", "eu-central-1", true],
    ["gb", "gb", true],
    ["eu-west-2", "gb", true],
    // The union is more than one of its countries, and than one region of a cloud.
    ["eu", "de", false],
    ["eu", "eu-central-1", false],
    ["eu-west-1", "eu-central-1", false],
    ["europe-west2", "eu", false],
    ["us", "eu", false],
    // What may run anywhere runs nowhere in particular.
    ["global", "eu", false],
    [undefined, "eu", false],
    ["somewhere", "elsewhere", false],
    [undefined, "global", false],
  ])("%s for %s: %s", (region, wanted, met) => {
    expect(isWithin(region, wanted)).toBe(met)
  })
})

describe("addresses", () => {
  test.each([
    ["https://eu.api.openai.com/v1", "eu"],
    ["https://us.api.openai.com/v1", "us"],
    ["https://api.openai.com/v1", undefined],
    ["https://bedrock-runtime.eu-central-1.amazonaws.com", "eu-central-1"],
    ["https://europe-west1-aiplatform.googleapis.com", "europe-west1"],
    ["https://aiplatform.eu.rep.googleapis.com", "eu"],
    ["https://api.openai-compat.model-serving.eu01.onstackit.cloud/v1", "eu01"],
    ["https://swedencentral.api.cognitive.microsoft.com", "swedencentral"],
    ["https://api.mistral.ai/v1", "eu"],
    // Who owns the name says nothing.
    ["https://example.eu/v1", undefined],
    ["https://eu.example", undefined],
    ["https://us.com", undefined],
    ["https://evil-eu.example.com", undefined],
    ["http://127.0.0.1:8000/v1", undefined],
    ["not an address", undefined],
  ])("%s: %s", (url, region) => {
    expect(regionOfHost(url)).toBe(region as string)
  })
})
