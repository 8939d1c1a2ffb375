import { describe, expect, test } from "bun:test"
import { loadConfig } from "../../src/config/load.ts"
import { formatProblem } from "../../src/config/problem.ts"
import { loadText, problemsOf } from "../kit/config.ts"

interface Case {
  readonly name: string
  readonly yaml: string
  readonly env?: Record<string, string>
  /** `line:column message`, all of them, in order. */
  readonly told: readonly string[]
}

const cases: readonly Case[] = [
  {
    name: "an alert for nobody, and a balance that is nobody's",
    yaml: [
      "alerts:",
      "  destinations: [ { name: ops, notifier: slack, url: https://a.example }, { name: ops, notifier: slack, url: 'http://u:p@b' } ]",
      "  rules:",
      "    - { name: one, on: key, destinations: [ osp ], balance_usd: [ 1 ] }",
      "    - { name: two, on: organisation, target: x, destinations: [] }",
    ].join("\n"),
    told: [
      "2:83 alerts.destinations: two entries have the name ops",
      "2:110 alerts.destinations[1].url holds a password; use secret, or a path that nobody can guess",
      "4:43 there is no destination osp in alerts.destinations; did you mean ops?",
      "4:65 only the organisation has a balance; set on: organisation, or leave balance_usd out",
      "5:46 there is one organisation; leave target out",
    ],
  },
  {
    name: "unknown key with a near one",
    yaml: "server:\n  prot: 1\n",
    told: ["2:3 server.prot is no setting; did you mean port?"],
  },
  {
    name: "unknown key far from all lists what is known",
    yaml: "ledger: { colour: red }\n",
    told: ["1:11 ledger.colour is no setting (known here: durability, flush_ms, queue_rows, retention_days)"],
  },
  {
    name: "unknown key spelled with other separators",
    yaml: "defaultModel: a/b\n",
    told: ["1:1 defaultModel is no setting; did you mean default_model?"],
  },
  {
    name: "wrong choice with a near one",
    yaml: "log: { level: wran }\n",
    told: ["1:15 log.level must be one of debug, info, warn, error; did you mean warn?"],
  },
  {
    name: "text where a number is wanted",
    yaml: "server: { port: eighty }\n",
    told: ["1:17 server.port must be a whole number, not text"],
  },
  {
    name: "a number in quotes",
    yaml: 'server: { port: "80" }\n',
    told: ["1:17 server.port must be a whole number without quotes, not text"],
  },
  {
    name: "a fraction where a whole number is wanted",
    yaml: "server: { port: 80.5 }\n",
    told: ["1:17 server.port must be a whole number, not 80.5"],
  },
  {
    name: "out of range",
    yaml: "server: { port: 70000 }\n",
    told: ["1:17 server.port must be between 0 and 65535"],
  },
  {
    name: "negative seconds",
    yaml: "timeouts: { idle: -1 }\n",
    told: ["1:19 timeouts.idle must be at least 0"],
  },
  {
    name: "a number where text is wanted",
    yaml: "default_model: 4\n",
    told: ["1:16 default_model must be text; put it in quotes, not a number"],
  },
  {
    name: "YAML 1.1 booleans",
    yaml: "providers: [ { id: a, zdr: yes } ]\n",
    told: ["1:28 providers[0].zdr must be true or false, not text; did you mean true?"],
  },
  {
    name: "a list where a map is wanted",
    yaml: "server:\n  - host\n",
    told: ["2:3 server must be a map of settings, not a list"],
  },
  {
    name: "a map where a list is wanted",
    yaml: "providers:\n  openai: {}\n",
    told: ["2:3 providers must be a list, not a map"],
  },
  {
    name: "an empty value",
    yaml: "default_model:\n",
    told: ["1:15 default_model must be text, not nothing"],
  },
  {
    name: "a missing required key",
    yaml: "keys:\n  - name: dev\n",
    told: ["2:5 keys[0] needs key (the token itself; only its SHA-256 is kept)"],
  },
  {
    name: "a slug with capitals",
    yaml: "providers: [ { id: OpenAI } ]\n",
    told: ["1:20 providers[0].id must be lower-case letters, digits, dots, dashes or underscores"],
  },
  {
    name: "a base URL without a scheme",
    yaml: "providers: [ { id: a, base_url: localhost } ]\n",
    told: ["1:33 providers[0].base_url must begin with http:// or https://"],
  },
  {
    name: "a base URL with a password",
    yaml: "providers: [ { id: a, base_url: 'https://me:pw@host/v1' } ]\n",
    told: ["1:33 providers[0].base_url holds a password; use api_key or headers"],
  },
  {
    name: "a second document",
    yaml: "server: {}\n---\nlog: {}\n",
    told: ["2:1 a second document begins here; write all settings into one"],
  },
  {
    name: "a day that there is not",
    yaml: "keys: [ { name: a, key: sk-11aaff2233, expires_at: 2030-02-30T00:00:00Z } ]\n",
    told: ["1:52 expires_at must be a date-time with a time zone, like 2030-01-31T12:00:00Z"],
  },
  {
    name: "a price that is no price",
    yaml: "providers: [ { id: a, models: [ { id: a/b, price: { input: 1.0e+300, output: 1 } } ] } ]\n",
    told: ["1:60 providers[0].models[0].price.input must be between 0 and 10000"],
  },
  {
    name: "a price that is forgotten",
    yaml: "providers: [ { id: a, models: [ { id: a/b, price: { input: 1 } }, { id: a/c, kind: images, price: { per_unit: { images: 0.04 } } } ] } ]\n",
    told: ["1:51 providers[0].models[0].price has no output; set it, 0 for free, or bill by request"],
  },
  {
    name: "a price by what nothing is counted by",
    yaml: "providers: [ { id: a, models: [ { id: a/b, kind: images, price: { per_unit: { image: 0.04 } } } ] } ]\n",
    told: [
      "1:65 providers[0].models[0].price has no input; set it, 0 for free, or bill by per_unit.images or request",
      "1:65 providers[0].models[0].price has no output; set it, 0 for free, or bill by per_unit.images or request",
      "1:79 providers[0].models[0].price.per_unit.image is no setting; did you mean images?",
    ],
  },
  {
    name: "a price by what models of this kind are not counted by",
    yaml: "providers: [ { id: a, models: [ { id: a/b, kind: rerank, price: { per_unit: { images: 0.04 } } } ] } ]\n",
    told: [
      "1:65 providers[0].models[0].price has no input; set it, 0 for free, or bill by per_unit.searches or request",
    ],
  },
  {
    name: "a key written twice",
    yaml: "server: {}\nlog: {}\nserver: {}\n",
    told: ["3:1 server is written twice; first in line 1"],
  },
  {
    name: "two providers with one id",
    yaml: "providers:\n  - id: a\n  - id: a\n",
    told: ["3:9 providers: two entries have the id a"],
  },
  {
    name: "two models with one id",
    yaml: "providers: [ { id: a, models: [ { id: x/y }, { id: x/y } ] } ]\n",
    told: ["1:52 providers[0].models: two entries have the id x/y"],
  },
  {
    name: "two keys with one name",
    yaml: "keys:\n  - { name: a, key: sk-11aaff2233 }\n  - { name: a, key: sk-99bbcc2233 }\n",
    told: ["3:13 keys: two entries have the name a"],
  },
  {
    name: "two keys with one token",
    yaml: "keys:\n  - { name: a, key: sk-11aaff2233 }\n  - { name: b, key: sk-11aaff2233 }\n",
    told: ["3:21 the key b has the same token as the key a"],
  },
  {
    name: "the management key as an inference key",
    yaml: "admin_key: f00dcafe12345678\nkeys: [ { name: a, key: f00dcafe12345678 } ]\n",
    told: ["2:25 the key a equals admin_key; a management key cannot run inference"],
  },
  {
    name: "a guessable management key",
    yaml: "admin_key: changeme-changeme\n",
    told: ["1:12 admin_key is easy to guess; make one with: openssl rand -hex 32"],
  },
  {
    name: "a monotonous key",
    yaml: "admin_key: aaaaaaaaaaaaaaaaaaaaaaaa\n",
    told: ["1:12 admin_key is easy to guess; make one with: openssl rand -hex 32"],
  },
  {
    name: "a short management key",
    yaml: "admin_key: abc\n",
    told: ["1:12 admin_key must have at least 16 characters"],
  },
  { name: "an empty management key", yaml: "admin_key: ''\n", told: ["1:12 admin_key must not be empty"] },
  {
    name: "an empty management key from a variable",
    yaml: "admin_key: ${EMPTY}\n",
    env: { EMPTY: "" },
    told: ["1:12 admin_key must not be empty"],
  },
  {
    name: "a key with a line break inside",
    yaml: 'providers: [ { id: a, api_key: "ab\\ncd" } ]\n',
    told: ["1:32 providers[0].api_key holds a space or a line break"],
  },
  {
    name: "a header with a line break",
    yaml: 'providers: [ { id: a, headers: { x-a: "1\\r\\nx-b: 2" } } ]\n',
    told: ["1:39 providers[0].headers.x-a holds a line break"],
  },
  {
    name: "a date without a zone",
    yaml: "keys: [ { name: a, key: sk-11aaff2233, expires_at: 2030-01-01 } ]\n",
    told: ["1:52 expires_at must be a date-time with a time zone, like 2030-01-31T12:00:00Z"],
  },
  {
    name: "an alias loop is told once",
    yaml: "aliases: { a: b, b: c, c: a }\n",
    told: ["1:15 aliases lead in a circle: a → b → c → a"],
  },
  {
    name: "a loop through a policy",
    yaml: "aliases: { a: policy/p }\npolicies: { policy/p: { fallback: [ { model: x/y }, { model: a } ] } }\n",
    told: ["1:15 aliases lead in a circle: a → policy/p → a"],
  },
  {
    name: "an alias with a policy's name",
    yaml: "aliases: { policy/p: a/b }\npolicies: { policy/p: { fallback: [ { model: a/b } ] } }\n",
    told: ["1:22 policy/p is both an alias and a policy"],
  },
  {
    name: "an alias that looks like a policy",
    yaml: "aliases: { policy/p: a/b }\n",
    told: ["1:22 names that begin with policy/ are for policies; the alias policy/p needs another"],
  },
  {
    name: "a policy without the prefix",
    yaml: "policies: { cheap: { fallback: [ { model: a/b } ] } }\n",
    told: ["1:20 a policy's name must begin with policy/, like policy/cheap"],
  },
  {
    name: "a policy without models",
    yaml: "policies: { policy/p: { fallback: [] } }\n",
    told: ['1:35 policies["policy/p"].fallback needs at least 1 entry'],
  },
  {
    name: "tiers out of order",
    yaml: "providers: [ { id: a, models: [ { id: x/y, price: { input: 1, output: 1, tiers: [ { above: 9 }, { above: 5 } ] } } ] } ]\n",
    told: ["1:106 providers[0].models[0]: price tiers must ascend; 5 comes after 9"],
  },
  {
    name: "an answer larger than the context",
    yaml: "providers: [ { id: a, models: [ { id: x/y, context: 5, max_output: 6 } ] } ]\n",
    told: ["1:68 providers[0].models[0]: max_output is larger than context"],
  },
  {
    name: "two plugins with one name",
    yaml: "plugins: { use: [ { name: a }, { name: a } ] }\n",
    told: ["1:40 plugins.use: two entries have the name a"],
  },
  {
    name: "a store that is no server",
    yaml: "store: { url: ./file.db }\n",
    told: ["1:15 store.url must begin with libsql:// or https://; leave store out for a file in data_dir"],
  },
  {
    name: "the reserved name",
    yaml: "keys: [ { name: admin_key, key: sk-11aaff2233 } ]\n",
    told: ["1:17 the name admin_key is taken; choose another"],
  },
]

const shown = (problem: Parameters<typeof formatProblem>[0]) =>
  formatProblem(problem).replace(/^\/etc\/signalbox\/signalbox\.yaml:(\d+:\d+): /, "$1 ")

describe("mistakes in the configuration", () => {
  for (const { name, yaml, env = {}, told } of cases)
    test(name, async () => {
      expect((await problemsOf(yaml, { env })).map(shown)).toEqual([...told])
    })

  test("a syntax error is told alone and with its place", async () => {
    const problems = await problemsOf("server:\n  port: 1\n bad: [\nunknown: 1\n")
    expect(problems.length).toBeGreaterThan(0)
    expect(problems.every((problem) => problem.message.startsWith("not valid YAML: "))).toBe(true)
    expect(problems[0]!.line).toBeGreaterThan(1)
  })

  test("all mistakes are told at once, in the order of the file", async () => {
    const problems = await problemsOf("server: { prot: 1 }\nlog: { level: x }\nkeys: 3\nproviders: [ { } ]\n")
    expect(problems.map(({ line, path }) => `${line} ${path}`)).toEqual([
      "1 server.prot",
      "2 log.level",
      "3 keys",
      "4 providers[0].id",
    ])
  })

  test("one entry's mistake does not hide what is wrong between the others", async () => {
    const problems = await problemsOf("providers:\n  - { id: a, zdr: 1 }\n  - { idd: b }\n  - { id: a }\n")
    expect(problems.map(({ message }) => message)).toContain("providers: two entries have the id a")
  })

  test("an anchor that holds itself ends", async () => {
    const problems = await problemsOf("plugins: { use: [ { name: a, options: &o { x: *o } } ] }\n")
    expect(problems.map(({ message }) => message)).toEqual(["nested too deeply or too large"])
  })

  test("a missing named file is a mistake, a missing default file is not", async () => {
    expect((await problemsOf("", {})).length).toBe(0)
    const failing = loadConfig({
      file: "other.yaml",
      cwd: "/etc",
      env: {},
      readFile: () => Promise.reject(Object.assign(new Error(), { code: "ENOENT" })),
    })
    await expect(failing).rejects.toThrow("/etc/other.yaml: cannot read the file: it is not there")
  })

  test("an expired key is a warning", async () => {
    const yaml = "keys: [ { name: a, key: sk-11aaff2233, expires_at: 2020-01-01T00:00:00Z } ]\n"
    const { warnings } = await loadText(yaml, { nowMs: Date.parse("2026-01-01T00:00:00Z") })
    expect(warnings.map(({ message, line, path }) => [message, line, path])).toEqual([
      ["the key a has expired", 1, "keys[0].expires_at"],
    ])
  })
})
