import { createServer, type Socket } from "node:net"

export interface RawUpstream {
  /** With `/v1`, as `base_url` wants it. */
  readonly url: string
  /** Bytes that were taken from this upstream before its latest connection closed; resolves at the next close. */
  closed(): Promise<number>
  stop(): Promise<void>
}

/** One chunk of a chunked body. */
export const chunked = (data: string | Uint8Array): Buffer => {
  const bytes = Buffer.from(data as string)
  return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from("\r\n")])
}

export const streamHead = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"

export const wholeHead = (length: number, more = ""): string =>
  `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n${more}\r\n`

/** Writes a piece again and again, as fast as it is taken, at most so often. */
export const pour = (socket: Socket, piece: Uint8Array, times: number): void => {
  let left = times
  const go = () => {
    while (left-- > 0 && !socket.destroyed) if (!socket.write(piece)) return void socket.once("drain", go)
    socket.end()
  }
  go()
}

/** An upstream that speaks bytes instead of HTTP: the model's name chooses what is written to the socket. */
export const startRawUpstream = async (
  answers: Readonly<Record<string, (socket: Socket) => void>>,
): Promise<RawUpstream> => {
  const sockets = new Set<Socket>()
  let waiting: ((bytes: number) => void)[] = []
  const server = createServer((socket) => {
    let received = ""
    sockets.add(socket)
    socket.on("error", () => {})
    socket.on("close", () => {
      sockets.delete(socket)
      for (const resolve of waiting) resolve(socket.bytesWritten)
      waiting = []
    })
    socket.on("data", (bytes) => {
      received += bytes.toString("latin1")
      const head = received.indexOf("\r\n\r\n")
      if (head < 0) return
      const length = Number(/content-length: (\d+)/i.exec(received)?.[1] ?? 0)
      if (received.length < head + 4 + length) return
      const name = /"model":"([^"]+)"/.exec(received.slice(head))?.[1] ?? ""
      received = received.slice(head + 4 + length)
      answers[name]?.(socket)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as { port: number }
  return {
    url: `http://127.0.0.1:${port}/v1`,
    closed: () => new Promise((resolve) => waiting.push(resolve)),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}
