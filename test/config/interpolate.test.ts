import { describe, expect, test } from "bun:test"
import { configOf, loadText, problemsOf } from "../kit/config.ts"

const env = { PORT: "9000", KEY: "sk-canary-0123456789", EMPTY: "", YES: "true", NAME: "Bob" }

describe("filling in", () => {
  test("a variable becomes the number that is wanted", async () => {
    expect((await configOf("server: { port: ${PORT} }", { env })).server.port).toBe(9000)
    expect((await configOf("server:\n  port: ${PORT}\n", { env })).server.port).toBe(9000)
  })

  test("a variable becomes the boolean that is wanted", async () => {
    expect((await configOf("models: { public: ${YES} }\nserver: { host: 0.0.0.0 }", { env })).models.public).toBe(true)
  })

  test("in quotes it stays text", async () => {
    const problems = await problemsOf('server: { port: "${PORT}" }', { env })
    expect(problems.map(({ message }) => message)).toEqual([
      "server.port must be a whole number, not text (after its variable was filled in)",
    ])
  })

  test("digits stay text where text is wanted", async () => {
    expect((await configOf("default_model: ${PORT}", { env })).defaultModel).toBe("9000")
  })

  test.each([
    ["flow map", "keys: [ { name: a, key: ${KEY}, limit: 1 } ]"],
    ["block map", "keys:\n  - name: a\n    key: ${KEY}\n    limit: 1\n"],
    ["quotes", 'keys: [ { name: a, key: "${KEY}", limit: 1 } ]'],
  ])("in a %s", async (_, yaml) => {
    expect((await configOf(yaml, { env })).keys[0]!.key).toBe(env.KEY)
  })

  test.each([
    ["default of an unset variable", "${NONE:-other}", "other"],
    ["default of an empty variable", "${EMPTY:-other}", "other"],
    ["no default where it is set", "${NAME:-other}", "Bob"],
    ["default with what YAML would take apart", "${NONE:-a, b: c # d}", "a, b: c # d"],
    ["default inside a default", "${NONE:-x-${NAME}}", "x-Bob"],
    ["several in one value", "${NAME}/${PORT}", "Bob/9000"],
    ["escape", "$${NAME}", "${NAME}"],
    ["escape beside a variable", "$${a}-${NAME}", "${a}-Bob"],
    ["a dollar alone", "a$b", "a$b"],
    ["beyond ASCII", "${NONE:-größe ✓}", "größe ✓"],
  ])("%s", async (_, written, value) => {
    expect((await configOf(`default_model: ${written}\n`, { env })).defaultModel).toBe(value)
    expect((await configOf(`aliases: { a: ${written} }\n`, { env })).aliases.a).toBe(value)
  })

  test("a file, without the newline at its end, relative to the configuration", async () => {
    const files = { "/run/secrets/key": "sk-from-file-0123456789\n", "/etc/signalbox/near": "near\n\n" }
    const config = await configOf("providers: [ { id: a, api_key: ${file:/run/secrets/key}, name: ${file:near} } ]", {
      files,
    })
    expect(config.providers[0]!.apiKey).toBe("sk-from-file-0123456789")
    expect(config.providers[0]!.name).toBe("near\n")
  })

  test("characters of the private use area that the file itself holds stay", async () => {
    const config = await configOf("default_model: \uE024\uE07B${NAME}\uE07D\n", { env })
    expect(config.defaultModel).toBe("\uE024\uE07BBob\uE07D")
  })

  test("nothing is filled in inside remarks", async () => {
    expect(await problemsOf("# ${NONE} and ${file:/none}\nserver: {} # ${NONE}\n")).toEqual([])
  })

  test.each([
    ["an unset variable", "a: ${NONE}", "the environment variable NONE is not set; set it or write ${NONE:-default}"],
    ["a missing file", "a: ${file:/none}", "cannot read ${file:/none}: it is not there"],
    ["a file without a name", "a: ${file:}", "${file:} names no file; write ${file:/path/to/file}"],
    [
      "no name",
      "a: ${not a name}",
      "this is no variable name; write ${NAME}, ${NAME:-default} or ${file:/path}, and $${ for a plain ${",
    ],
    ["no end", 'a: "x ${NAME"', "${ is not closed with }; write $${ for a plain ${"],
  ])("%s is told with its place", async (_, line, message) => {
    const problems = await problemsOf(`aliases:\n  ${line}\n`)
    expect(problems.map((problem) => [problem.line, problem.column, problem.message])).toEqual([[2, 6, message]])
  })

  test("a missing variable is one mistake, whatever type is wanted", async () => {
    const problems = await problemsOf("server: { port: ${NONE} }\nkeys: [ { name: a, key: ${NONE} } ]\n")
    expect(problems.map(({ message }) => message.slice(0, 29))).toEqual([
      "the environment variable NONE",
      "the environment variable NONE",
    ])
  })

  test("a variable in a setting's name is refused", async () => {
    const problems = await problemsOf("aliases: { ${NAME}: a/b }", { env })
    expect(problems.map(({ message }) => message)).toEqual([
      "a setting's name must be plain text; variables are filled in values only",
    ])
  })

  test("no message ever holds a value that was filled in", async () => {
    const places = [
      "server: { port: X, host: [X], public_url: X }",
      "log: { level: X, format: X }",
      "store: { url: X }",
      "keys: [ { name: a, key: X, limit_reset: X, expires_at: X, limit: X, strict: X }, { name: b, key: X } ]",
      "admin_key: X",
      "providers: [ { id: X, base_url: X, models: X, enabled: X, headers: { a: X } } ]",
      "policies: { p: { fallback: X } }",
      "aliases: X",
    ]
    const yaml = `${places.join("\n").replaceAll("X", "${KEY}")}\n`
    const problems = await problemsOf(yaml, { env: { KEY: "Canary value\n0123456789" } })
    expect(problems.length).toBeGreaterThan(12)
    expect(JSON.stringify(problems)).not.toMatch(/canary|0123456789/i)
  })

  test("the files that were read are told, for watching", async () => {
    const { files } = await loadText("aliases: { a: ${file:near}, b: ${X:-${file:/far}} }", {
      files: { "/etc/signalbox/near": "a/b", "/far": "c/d" },
    })
    expect(files).toEqual(["/etc/signalbox/signalbox.yaml", "/etc/signalbox/near", "/far"])
  })
})
