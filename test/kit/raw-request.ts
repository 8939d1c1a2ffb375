import { connect } from "node:net"

/** Sends bytes to a gateway and gives everything it answers until `enough` holds or the connection ends. */
export const rawRequest = (
  url: string,
  parts: readonly (string | Uint8Array)[],
  enough: (text: string) => boolean = () => false,
): Promise<string> =>
  new Promise((resolve) => {
    const { hostname, port } = new URL(url)
    const socket = connect(Number(port), hostname)
    let text = ""
    const end = () => {
      resolve(text)
      socket.destroy()
    }
    socket.on("data", (bytes) => {
      text += bytes.toString("latin1")
      if (enough(text)) end()
    })
    socket.on("close", end)
    socket.on("error", end)
    const write = (index: number) => {
      if (index >= parts.length || socket.destroyed) return
      if (socket.write(parts[index]!)) write(index + 1)
      else socket.once("drain", () => write(index + 1))
    }
    write(0)
  })
