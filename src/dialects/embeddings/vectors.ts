import { type EmbeddingVector, GatewayError } from "../../contract/index.ts"

const bytesPerFloat = 4

const unreadable = (words: string): GatewayError => new GatewayError("bad_provider_response", words)

/** The numbers inside base64 of little-endian 32-bit floats, on machines of any byte order. */
export const decodeFloats = (base64: string): number[] => {
  const bytes = Buffer.from(base64, "base64")
  if (bytes.length === 0 || bytes.length % bytesPerFloat !== 0)
    throw unreadable("The upstream's vector is not base64 of 32-bit floats")
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const floats = Array.from({ length: bytes.length / bytesPerFloat }, (_, at) =>
    view.getFloat32(at * bytesPerFloat, true),
  )
  if (!floats.every(Number.isFinite)) throw unreadable("The upstream's vector holds something that is not a number")
  return floats
}

/** Numbers as base64 of little-endian 32-bit floats, which is how OpenAI's clients ask for vectors by default. */
export const encodeFloats = (floats: readonly number[]): string => {
  const view = new DataView(new ArrayBuffer(floats.length * bytesPerFloat))
  for (const [at, float] of floats.entries()) view.setFloat32(at * bytesPerFloat, float, true)
  return Buffer.from(view.buffer).toString("base64")
}

/** A vector in the encoding that the client wants; one that came so is not touched. */
export const vectorAs = (vector: EmbeddingVector, encoding: "float" | "base64"): string | number[] => {
  if (encoding === "base64") return "base64" in vector ? vector.base64 : encodeFloats(vector.floats)
  return "floats" in vector ? [...vector.floats] : decodeFloats(vector.base64)
}
