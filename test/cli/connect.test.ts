import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import { dirname, join } from "node:path"
import { readArguments } from "../../src/cli/arguments.ts"
import { commands } from "../../src/cli/commands.ts"
import { connectCommand } from "../../src/cli/connect/connect.ts"
import { agents } from "../../src/http/docs/agents.ts"
import { type CliHarness, cliHarness } from "../kit/cli.ts"

const key = "sk-signalbox-0123456789"
let cli: CliHarness
let home: string
const start = (env: Readonly<Record<string, string>> = { SIGNALBOX_KEY: key }) => {
  const found = cliHarness({})
  home = join(found.cwd, "home")
  mkdirSync(home)
  Object.assign(found.io.env, { HOME: home, ...env })
  return found
}
beforeEach(() => {
  cli = start()
})
afterEach(() => cli.remove())

const put = (path: string, text: string) => {
  const full = join(home, path)
  mkdirSync(dirname(full), { recursive: true })
  writeFileSync(full, text)
  return full
}
const read = (path: string) => readFileSync(join(home, path), "utf8")
const json = (path: string) => JSON.parse(read(path))

describe("printing", () => {
  test.each(agents.map(({ name }) => [name]))("%s: the base URL, and not the key of the environment", async (name) => {
    const { code, out } = await cli.run("connect", name, "--url", "https://llm.example.com/v1/", "--model", "a/b")
    expect(code).toBe(0)
    const agent = agents.find((candidate) => candidate.name === name)!
    expect(out).toContain(`https://llm.example.com${agent.path}`)
    expect(out).not.toContain("/v1/v1")
    expect(out).not.toContain(key)
    expect(out).toContain("a/b")
  })

  test("touches nothing", async () => {
    await cli.run("connect", "claude-code")
    expect(existsSync(join(home, ".claude"))).toBe(false)
  })

  test("a key that was typed is shown where it belongs", async () => {
    const { out } = await cli.run("connect", "claude-code", "--key", "typed")
    expect(out).toContain('"ANTHROPIC_AUTH_TOKEN": "typed"')
    expect((await cli.run("connect", "cline", "--key", "it's")).out).toContain(`-k 'it'\\''s'`)
  })

  test("the address comes from the configuration, its public one first", async () => {
    expect((await cli.run("connect", "codex")).out).toContain('base_url = "http://127.0.0.1:8080/v1"')
    writeFileSync(join(cli.cwd, "signalbox.yaml"), "server: { host: 0.0.0.0, port: 9000 }\ndefault_model: x/y\n")
    const { out } = await cli.run("connect", "codex")
    expect(out).toContain('base_url = "http://127.0.0.1:9000/v1"')
    expect(out).toContain('model = "x/y"')
    writeFileSync(join(cli.cwd, "signalbox.yaml"), "server: { public_url: https://llm.example.com }\n")
    expect((await cli.run("connect", "codex")).out).toContain('base_url = "https://llm.example.com/v1"')
  })

  test("a configuration with mistakes is told, unless an address makes it needless", async () => {
    writeFileSync(join(cli.cwd, "signalbox.yaml"), "servre: {}\n")
    expect(await cli.run("connect", "codex")).toMatchObject({ code: 2, out: "" })
    expect(await cli.run("connect", "codex", "--url", "http://h")).toMatchObject({ code: 0, error: "" })
  })

  test("Claude Cowork without https is warned of", async () => {
    const { code, error } = await cli.run("connect", "cowork")
    expect(code).toBe(0)
    expect(error).toContain("https:// only")
  })
})

describe("writing", () => {
  test("Claude Code: merged, the rest kept, the old file beside it", async () => {
    const before = '{\n  "permissions": { "allow": ["Bash"] },\n  "env": { "FOO": "1" }\n}\n'
    put(".claude/settings.json", before)
    const { code, out } = await cli.run("connect", "claude-code", "--write", "--url", "http://gate:1")
    expect(code).toBe(0)
    expect(out).toContain(`Changed ${join(home, ".claude/settings.json")}`)
    expect(out).not.toContain(key)
    expect(json(".claude/settings.json")).toEqual({
      permissions: { allow: ["Bash"] },
      env: {
        FOO: "1",
        ANTHROPIC_BASE_URL: "http://gate:1",
        ANTHROPIC_AUTH_TOKEN: key,
        CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY: "1",
      },
    })
    expect(read(".claude/settings.json.bak")).toBe(before)
  })

  test("twice: nothing to do, and the first copy is not lost to a third", async () => {
    put(".claude/settings.json", "{}")
    await cli.run("connect", "claude-code", "--write")
    const again = await cli.run("connect", "claude-code", "--write")
    expect(again.out).toContain("has it already")
    expect(existsSync(join(home, ".claude/settings.json.bak2"))).toBe(false)
    await cli.run("connect", "claude-code", "--write", "--model", "a/b")
    expect(read(".claude/settings.json.bak")).toBe("{}")
    expect(existsSync(join(home, ".claude/settings.json.bak2"))).toBe(true)
  })

  test("a new file is for its owner only, an old one keeps its mode, a link stays a link", async () => {
    await cli.run("connect", "claude-code", "--write")
    expect(statSync(join(home, ".claude/settings.json")).mode & 0o777).toBe(0o600)
    const real = put("dotfiles/config.toml", "a = 1\n")
    chmodSync(real, 0o640)
    mkdirSync(join(home, ".codex"))
    symlinkSync(real, join(home, ".codex/config.toml"))
    expect((await cli.run("connect", "codex", "--write")).code).toBe(0)
    expect(lstatSync(join(home, ".codex/config.toml")).isSymbolicLink()).toBe(true)
    expect(readFileSync(real, "utf8")).toContain("model_provider")
    expect(statSync(real).mode & 0o777).toBe(0o640)
  })

  test.each([
    ["claude-code", ".claude/settings.json", '{ "env": '],
    ["codex", ".codex/config.toml", "model = \n"],
    ["pi", ".pi/agent/settings.json", "[]"],
  ])("%s: what cannot be read is left alone, and nothing else is written either", async (name, path, text) => {
    put(path, text)
    const { code, out, error } = await cli.run("connect", name, "--write")
    expect([code, out]).toEqual([1, ""])
    expect(error).toContain(path)
    expect(error).toContain("left as it is")
    expect(read(path)).toBe(text)
    expect(existsSync(join(home, `${path}.bak`))).toBe(false)
    expect(existsSync(join(home, ".pi/agent/models.json"))).toBe(false)
  })

  test("Codex and OpenCode name the variable instead of the key", async () => {
    await cli.run("connect", "codex", "--write")
    expect(Bun.TOML.parse(read(".codex/config.toml"))).toMatchObject({
      model_provider: "signalbox",
      model_providers: { signalbox: { env_key: "SIGNALBOX_KEY", wire_api: "responses" } },
    })
    const { out } = await cli.run("connect", "opencode", "--write")
    expect(json(".config/opencode/opencode.json").provider.signalbox.options.apiKey).toBe("{env:SIGNALBOX_KEY}")
    expect(out).toContain("export SIGNALBOX_KEY")
    expect(read(".config/opencode/opencode.json")).not.toContain(key)
  })

  test("OpenCode: the file with comments is used where that is the one", async () => {
    put(".config/opencode/opencode.jsonc", '{\n  // mine\n  "theme": "x"\n}\n')
    await cli.run("connect", "opencode", "--write", "--model", "a/b")
    expect(read(".config/opencode/opencode.jsonc")).toContain("// mine")
    expect(Bun.JSONC.parse(read(".config/opencode/opencode.jsonc"))).toMatchObject({ model: "signalbox/a/b" })
    expect(existsSync(join(home, ".config/opencode/opencode.json"))).toBe(false)
  })

  test("Pi, Qwen Code and Gemini CLI: each of two files", async () => {
    await cli.run("connect", "pi", "--write", "--model", "a/b")
    await cli.run("connect", "pi", "--write", "--model", "c/d")
    const { models } = json(".pi/agent/models.json").providers.signalbox
    expect(models.map(({ id }: { id: string }) => id)).toEqual(["a/b", "c/d"])
    expect(json(".pi/agent/settings.json")).toEqual({ defaultProvider: "signalbox", defaultModel: "c/d" })
    put(".qwen/.env", "OTHER=1\n")
    await cli.run("connect", "qwen-code", "--write", "--url", "http://g:1", "--model", "a/b")
    expect(read(".qwen/.env")).toBe(`OTHER=1\nOPENAI_BASE_URL=http://g:1/v1\nOPENAI_API_KEY=${key}\nOPENAI_MODEL=a/b\n`)
    await cli.run("connect", "gemini-cli", "--write", "--url", "http://g:1")
    expect(read(".gemini/.env")).toContain("GOOGLE_GEMINI_BASE_URL=http://g:1\n")
    expect(json(".gemini/settings.json")).toEqual({ security: { auth: { selectedType: "gemini-api-key" } } })
  })

  test("a client's own variable moves its folder", async () => {
    Object.assign(cli.io.env, { CODEX_HOME: join(home, "moved") })
    await cli.run("connect", "codex", "--write")
    expect(existsSync(join(home, "moved/config.toml"))).toBe(true)
  })

  test("Cline has a command of its own", async () => {
    const { code, error } = await cli.run("connect", "cline", "--write", "--model", "a/b")
    expect(code).toBe(1)
    expect(error).toContain("cline auth openai-compatible")
    expect(error).not.toContain(key)
  })

  test("a file that must hold the key is not written without one", async () => {
    Object.assign(cli.io.env, { SIGNALBOX_KEY: "" })
    const { code, error } = await cli.run("connect", "claude-code", "--write")
    expect(code).toBe(1)
    expect(error).toContain("--key KEY or set SIGNALBOX_KEY")
    expect(existsSync(join(home, ".claude"))).toBe(false)
  })

  test("a folder that cannot be made is told", async () => {
    put(".claude", "a file")
    const { code, error } = await cli.run("connect", "claude-code", "--write")
    expect(code).toBe(1)
    expect(error).toContain(".claude")
  })
})

describe("Claude Cowork", () => {
  const connect = async (platform: NodeJS.Platform, ...words: string[]) => {
    const command = commands.find(({ name }) => name === "connect")!
    const args = readArguments(command.options, ["cowork", "--write", ...words], command.positionals)
    return connectCommand(args, cli.io, platform)
  }

  test("takes https only", async () => {
    await expect(connect("darwin", "--url", "http://gate")).rejects.toThrow("https:// only")
  })

  test("is configured as its reference says: strings, lists of models too", async () => {
    expect(await connect("darwin", "--url", "https://gate", "--model", "anthropic/claude-opus-5-5")).toBe(0)
    expect(json("Library/Application Support/Claude-3p/claude_desktop_config.json")).toEqual({
      enterpriseConfig: {
        inferenceProvider: "gateway",
        inferenceGatewayBaseUrl: "https://gate",
        inferenceGatewayApiKey: key,
        inferenceGatewayAuthScheme: "bearer",
        inferenceModels: '["anthropic/claude-opus-5-5"]',
      },
    })
  })

  test("does not exist everywhere", async () => {
    await expect(connect("linux", "--url", "https://gate")).rejects.toThrow("has no place for its file here")
  })
})

describe("wrong usage ends with 2", () => {
  test.each([
    [["connect"], "something is missing"],
    [["connect", "claude"], "did you mean claude-code?"],
    [["connect", "codx"], "did you mean codex?"],
    [["connect", "emacs"], "CLIENT must be one of claude-code, codex"],
    [["connect", "codex", "--url", "localhost:8080"], "--url must be an address"],
    [["connect", "codex", "--url", "http://h/?key=x"], "no key, no query"],
    [["connect", "codex", "--key", "a b"], "--key must have no spaces"],
    [["connect", "codex", "--model", "a\nb"], "--model must have no spaces"],
  ])("%p", async (words, message) => {
    const { code, out, error } = await cli.run(...words)
    expect([code, out]).toEqual([2, ""])
    expect(error).toContain(message)
  })
})

test("the help names every client", async () => {
  const { out } = await cli.run("help", "connect")
  for (const { name } of agents) expect(out).toContain(name)
})
