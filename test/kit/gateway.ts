import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { readFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { loadConfig } from "../../src/config/load.ts"
import type { Gateway } from "../../src/gateway/types.ts"
import { createGateway } from "../../src/gateway.ts"
import { createLogger } from "../../src/telemetry/logger.ts"
import { createRedactor } from "../../src/telemetry/redact.ts"

export const adminKey = "test-management-key-0123456789"
export const inferenceKey = "test-inference-key-0123456789"

export interface TestGateway {
  /** Without a slash at its end. */
  readonly url: string
  /** The further listeners, in configured order. */
  readonly others: readonly string[]
  readonly dir: string
  readonly gateway: Gateway
  /** Everything that was logged. */
  readonly logged: () => string
  /** Writes the configuration anew and reloads it. */
  configure(
    config: Readonly<Record<string, unknown>>,
  ): Promise<{ readonly ok: boolean; readonly problems: readonly string[] }>
  post(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Response>
  get(path: string, key?: string): Promise<Response>
  chat(body: unknown, headers?: Readonly<Record<string, string>>): Promise<Response>
  stop(): Promise<void>
}

/** A whole gateway in this process, on a free port, with a data folder of its own. */
export async function startGateway(
  config: Readonly<Record<string, unknown>> = {},
  env: Readonly<Record<string, string>> = {},
): Promise<TestGateway> {
  const dir = mkdtempSync(join(tmpdir(), "signalbox-test-"))
  const file = join(dir, "signalbox.yaml")
  const write = (content: Readonly<Record<string, unknown>>) =>
    // JSON is YAML.
    writeFileSync(
      file,
      JSON.stringify({
        admin_key: adminKey,
        keys: [{ name: "test", key: inferenceKey }],
        // However long a test takes, nobody outside is asked.
        catalog: { refresh_hours: 0 },
        ...content,
        server: { port: 0, ...(content.server as object) },
      }),
    )
  write(config)
  let text = ""
  const log = createLogger({
    level: "debug",
    format: "json",
    redactor: createRedactor(),
    now: Date.now,
    write: (lines) => (text += lines),
  })
  const load = () => loadConfig({ file, cwd: dir, env, readFile: (path) => readFile(path, "utf8") })
  const loaded = await load()
  const gateway = await createGateway({ config: loaded.config, configFile: file, env, log, version: "test", load })
  const { url, others = [] } = await gateway.listen()
  const post = (path: string, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
    fetch(`${url}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${inferenceKey}`, ...headers },
      body: typeof body === "string" ? body : JSON.stringify(body),
    })
  return {
    url,
    others,
    dir,
    gateway,
    logged: () => {
      log.flush()
      return text
    },
    configure(next) {
      write(next)
      return gateway.reload("test")
    },
    post,
    get: (path, key = inferenceKey) => fetch(`${url}${path}`, { headers: { authorization: `Bearer ${key}` } }),
    chat: (body, headers) => post("/v1/chat/completions", body, headers),
    async stop() {
      await gateway.stop(2000)
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

/** The `data:` payloads of an event stream; comments are left out. */
export async function events(response: Response): Promise<readonly string[]> {
  const text = await response.text()
  return text
    .split("\n\n")
    .flatMap((block) => block.split("\n"))
    .filter((line) => line.startsWith("data: "))
    .map((line) => line.slice(6))
}
