import { describe, expect, test } from "bun:test"
import fc from "fast-check"
import { editEnv } from "../../src/cli/connect/edit-env.ts"
import { editJson } from "../../src/cli/connect/edit-json.ts"
import { editToml } from "../../src/cli/connect/edit-toml.ts"
import { mergeContent } from "../../src/cli/connect/merge.ts"
import type { JsonObject } from "../../src/contract/json.ts"

const wanted = { env: { URL: "http://x", KEY: "k" } }

describe("JSON", () => {
  test("comments, order and form of what is there stay", () => {
    const text = `// mine
{
    "theme": "dark", // keep
    "env": {
        "OTHER": "1", /* and this */
        "URL": "old"
    },
    "list": [1, 2,],
}
`
    expect(editJson(text, wanted)).toBe(`// mine
{
    "theme": "dark", // keep
    "env": {
        "OTHER": "1", /* and this */
        "URL": "http://x",
        "KEY": "k"
    },
    "list": [1, 2,],
}
`)
  })

  test.each([
    ["", '{\n  "env": {\n    "URL": "http://x",\n    "KEY": "k"\n  }\n}\n'],
    ["{}", '{\n  "env": {\n    "URL": "http://x",\n    "KEY": "k"\n  }\n}'],
    ['{"a":1}', '{"a":1,\n  "env": {\n    "URL": "http://x",\n    "KEY": "k"\n  }\n}'],
    ['{\n\t"a": 1\n}\n', '{\n\t"a": 1,\n\t"env": {\n\t\t"URL": "http://x",\n\t\t"KEY": "k"\n\t}\n}\n'],
    ['{\n  "env": null // none\n}', '{\n  "env": {\n    "URL": "http://x",\n    "KEY": "k"\n  } // none\n}'],
  ])("%p", (text, result) => {
    expect(editJson(text, wanted)).toBe(result)
  })

  test("what is there already is not touched", () => {
    const text = '{ "env": {"KEY":"k","URL":"http:\\/\\/x"} }'
    expect(editJson(text, wanted)).toBe(text)
  })

  test("a list of things with ids gets one more, or a new one of the same id", () => {
    const text = '{"models": [{"id": "a", "own": 1}, {"id": "b"}]}'
    const next = JSON.parse(editJson(text, { models: [{ id: "b", x: 2 }, { id: "c" }] }))
    expect(next).toEqual({ models: [{ id: "a", own: 1 }, { id: "b", x: 2 }, { id: "c" }] })
  })

  test.each([["{"], ['{"a": }'], ["[1]"], ['"text"'], ["nothing"]])("%p is refused", (text) => {
    expect(() => editJson(text, wanted)).toThrow()
  })

  test("whatever is there, the result is the two merged", () => {
    const value = fc.jsonValue({ maxDepth: 3 })
    // `__proto__` is a setter to JSON.parse's results, not a key.
    const object = fc.dictionary(
      fc.string({ maxLength: 6 }).filter((key) => key !== "__proto__"),
      value,
      { maxKeys: 5 },
    )
    const spaces = fc.constantFrom(undefined, 2, "\t")
    fc.assert(
      fc.property(object, object, spaces, (old, more, space) => {
        const before = JSON.parse(JSON.stringify(old)) as JsonObject
        const added = JSON.parse(JSON.stringify(more)) as JsonObject
        const next = editJson(JSON.stringify(before, null, space), added)
        expect(JSON.parse(next)).toEqual(mergeContent(before, added))
        expect(editJson(next, added)).toBe(next)
      }),
      { seed: 7, numRuns: 500 },
    )
  })
})

describe("TOML", () => {
  const codex = {
    model: "a/b",
    model_provider: "signalbox",
    model_providers: { signalbox: { name: "signalbox", base_url: "http://x/v1" } },
  }

  test("comments, order and other tables stay", () => {
    const text = `# mine
model = "old" # the model
approval = "never"

[model_providers.other]
name = "other"

[ model_providers . "signalbox" ]
base_url = "http://old/v1"
extra = 1

[tools]
web = true
`
    expect(editToml(text, codex)).toBe(`# mine
model = "a/b"
approval = "never"
model_provider = "signalbox"

[model_providers.other]
name = "other"

[ model_providers . "signalbox" ]
base_url = "http://x/v1"
extra = 1
name = "signalbox"

[tools]
web = true
`)
  })

  test("an empty file, and a file twice", () => {
    const once = editToml("", codex)
    expect(Bun.TOML.parse(once)).toEqual(codex)
    expect(editToml(once, codex)).toBe(once)
  })

  test("lines keep their endings", () => {
    expect(editToml("a = 1\r\n\r\n[t]\r\nb = 2\r\n", { a: 2 })).toBe("a = 2\r\n\r\n[t]\r\nb = 2\r\n")
  })

  test.each([
    ["an inline table", 'model_providers = { signalbox = { name = "x" } }\n'],
    ["a text over several lines that looks like the key", 'note = """\nmodel = 1\n"""\n'],
    ["a broken file", "model = \n"],
    ["a table where a value must be", "[model]\nx = 1\n"],
  ])("%s is refused rather than guessed at", (_, text) => {
    expect(() => editToml(text, codex)).toThrow()
  })
})

describe("variables", () => {
  test("are replaced where they are, and added where they are not", () => {
    const text = "# mine\nexport KEY=old\nOTHER=1\nKEY=older\n"
    expect(editEnv(text, { KEY: "k", URL: "http://x/v1" })).toBe(
      "# mine\nexport KEY=k\nOTHER=1\nKEY=k\nURL=http://x/v1\n",
    )
  })

  test("are quoted where a reader would stop early", () => {
    expect(editEnv("", { KEY: "a b#c" })).toBe('KEY="a b#c"\n')
  })

  test("a last line without an ending gets one", () => {
    expect(editEnv("A=1", { B: "2" })).toBe("A=1\nB=2\n")
  })
})
