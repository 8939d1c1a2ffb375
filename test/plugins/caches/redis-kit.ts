import { existsSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

/** Where a server may be found: `SIGNALBOX_TEST_REDIS_SERVER`, or the usual places of packages. */
const places = [
  process.env.SIGNALBOX_TEST_REDIS_SERVER,
  Bun.which("redis-server") ?? undefined,
  Bun.which("valkey-server") ?? undefined,
]
export const redisBinary = places.find((path) => path !== undefined && existsSync(path))

export interface RunningRedis {
  readonly url: string
  stop(): Promise<void>
}

/** A real server on a free port of this machine, which keeps nothing. */
export async function startRedis(binary: string): Promise<RunningRedis> {
  const dir = mkdtempSync(join(tmpdir(), "signalbox-redis-"))
  const probe = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } })
  const { port } = probe
  probe.stop(true)
  const child = Bun.spawn(
    [binary, "--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", dir],
    { stdout: "pipe", stderr: "ignore" },
  )
  const decoder = new TextDecoder()
  let said = ""
  for await (const chunk of child.stdout) {
    said += decoder.decode(chunk)
    if (/ready to accept connections/i.test(said)) break
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    async stop() {
      child.kill()
      await child.exited
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

/** A server that lets itself be connected to, answers as it is told, and counts what it is sent. */
export interface FakeRedis {
  readonly url: string
  readonly connections: () => number
  readonly commands: () => number
  stop(): void
}

/** `hello`: says what a client waits for when it connects, and then nothing at all. */
export function startHangingRedis(hello: boolean): FakeRedis {
  let connections = 0
  let commands = 0
  const server = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: {
      open() {
        connections += 1
      },
      data(socket, data) {
        commands += 1
        if (hello && /HELLO/i.test(data.toString())) socket.write("%1\r\n$5\r\nproto\r\n:3\r\n")
      },
    },
  })
  return {
    url: `redis://127.0.0.1:${server.port}`,
    connections: () => connections,
    commands: () => commands,
    stop: () => server.stop(true),
  }
}
