import { describe, expect, test } from "bun:test"
import fc from "fast-check"
import { lastTail, readings, readPresetName } from "../../src/pipeline/plan/targets/reference.ts"
import { isRegion, isSuffix } from "../../src/pipeline/plan/targets/suffixes.ts"

const shortest = (name: string) => readings(name).at(-1)!

describe("names of models", () => {
  test("suffixes and a region stand behind a name in any order", () => {
    expect(shortest("a/b:free:online")).toEqual({ base: "a/b", suffixes: ["free", "online"] })
    expect(shortest("a/b:nitro@eu")).toEqual({ base: "a/b", suffixes: ["nitro"], region: "eu" })
    expect(shortest("a/b@europe-west1:floor")).toEqual({ base: "a/b", suffixes: ["floor"], region: "europe-west1" })
    expect(shortest("openai/o4-mini:8192")).toEqual({ base: "openai/o4-mini", suffixes: ["8192"] })
    expect(shortest("gpt-5.4@eu")).toEqual({ base: "gpt-5.4", suffixes: [], region: "eu" })
    expect(shortest("bedrock/claude-sonnet-4-5@eu-central-1").region).toBe("eu-central-1")
    expect(shortest("azure/gpt-5@swedencentral").region).toBe("swedencentral")
  })

  test("what belongs to the name stays with it", () => {
    for (const name of [
      "llama3:8b",
      "ollama/qwen3:latest",
      "ft:gpt-4o-mini:acme::abc123",
      "cloudflare/@cf/meta/llama-3.1-8b-instruct",
      "google-vertex/claude-sonnet-4-5@20250929",
      "google-vertex/claude-sonnet-4-5@default",
      "bedrock/us.anthropic.claude-opus-4-20250514-v1:0",
      "@cf/meta/llama",
      "a/b:",
      ":nitro",
      "",
    ])
      expect(readings(name)).toEqual([{ base: name, suffixes: [] }])
  })

  test("the whole name is the first reading, each further one is shorter by one thing", () => {
    expect(readings("ollama/llama3:8b:thinking:online").map(({ base }) => base)).toEqual([
      "ollama/llama3:8b:thinking:online",
      "ollama/llama3:8b:thinking",
      "ollama/llama3:8b",
    ])
  })

  test("a second region is part of the name", () => {
    expect(shortest("a/b@eu@us")).toEqual({ base: "a/b@eu", suffixes: [], region: "us" })
  })

  test("presets", () => {
    expect(readPresetName("@preset/fast")).toEqual({ base: "", preset: "fast" })
    expect(readPresetName("a/b@preset/fast")).toEqual({ base: "a/b", preset: "fast" })
    expect(readPresetName("@preset/fast@2")).toEqual({ base: "", preset: "fast@2" })
    expect(readPresetName("@preset/fast@2:nitro")).toEqual({ base: ":nitro", preset: "fast@2" })
    expect(readPresetName("@preset/fast@eu")).toEqual({ base: "@eu", preset: "fast" })
    expect(readPresetName("a/b:free")).toBeUndefined()
    expect(shortest("a/b@preset/fast:nitro")).toEqual({ base: "a/b", suffixes: ["nitro"], preset: "fast" })
  })

  test("every reading put together again is the name", () => {
    const word = fc.constantFrom("free", "nitro", "8b", "online", "low", "4096", "x-y", "v1")
    const name = fc
      .tuple(fc.constantFrom("a/b", "llama3", "@cf/x/y", "p/q/r"), fc.array(fc.tuple(fc.constantFrom(":", "@"), word)))
      .map(([base, tails]) => base + tails.map(([mark, tail]) => mark + tail).join(""))
    fc.assert(
      fc.property(name, (text) => {
        for (const { base, suffixes, region } of readings(text)) {
          expect(text.startsWith(base)).toBe(true)
          const rest = new Set(
            text
              .slice(base.length)
              .split(/[:@]/)
              .filter((part) => part !== ""),
          )
          expect(rest).toEqual(new Set([...suffixes, ...(region === undefined ? [] : [region])]))
          expect(suffixes.every(isSuffix)).toBe(true)
        }
      }),
      { seed: 7, numRuns: 500 },
    )
  })

  test("regions are places, not words", () => {
    for (const region of ["eu", "us", "de", "global", "eu-central-1", "europe-west1", "westeurope", "us-east5"])
      expect(isRegion(region)).toBe(true)
    for (const word of ["20250929", "default", "latest", "turbo", "constructor", ""]) expect(isRegion(word)).toBe(false)
    expect(lastTail("a/b@x/y")).toBeUndefined()
    expect(isSuffix("constructor")).toBe(false)
  })
})
