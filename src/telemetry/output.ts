import { writeSync } from "node:fs"

/**
 * A write function on a file descriptor that neither blocks for ever nor grows without end. A pipe whose reader is slow says
 * EAGAIN; the rest is kept, up to `limit` characters, and goes out with the next write.
 */
export const descriptorWriter = (
  descriptor: number,
  limit = 8_388_608,
  writeBytes: (descriptor: number, bytes: Uint8Array) => number = writeSync,
): ((text: string) => void) => {
  let waiting = new Uint8Array(0)
  const encoder = new TextEncoder()
  return (text) => {
    const added = encoder.encode(text)
    let bytes = added
    if (waiting.length > 0) {
      bytes = new Uint8Array(waiting.length + added.length)
      bytes.set(waiting)
      bytes.set(added, waiting.length)
    }
    waiting = new Uint8Array(0)
    let from = 0
    while (from < bytes.length)
      try {
        from += writeBytes(descriptor, bytes.subarray(from))
      } catch (thrown) {
        const code = (thrown as { code?: unknown }).code
        if (code === "EINTR") continue
        if (code !== "EAGAIN") throw thrown
        const rest = bytes.subarray(from)
        if (rest.length > limit) throw thrown
        waiting = rest.slice()
        return
      }
  }
}

/** A write function that waits until the reader takes everything: for a command's answer, which must not end in the middle. */
export const patientWriter = (
  descriptor: number,
  writeBytes: (descriptor: number, bytes: Uint8Array) => number = writeSync,
  pause: () => void = () => Bun.sleepSync(1),
): ((text: string) => void) => {
  const encoder = new TextEncoder()
  return (text) => {
    let bytes = encoder.encode(text)
    while (bytes.length > 0)
      try {
        bytes = bytes.subarray(writeBytes(descriptor, bytes))
      } catch (thrown) {
        const code = (thrown as { code?: unknown }).code
        if (code !== "EAGAIN" && code !== "EINTR") throw thrown
        pause()
      }
  }
}
