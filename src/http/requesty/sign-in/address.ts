import { originalOf } from "../../came-from.ts"
import type { HttpServices } from "../../services.ts"

const origin = /^https?:\/\/[^/?#]+/

/**
 * Where this gateway is, as whoever asks knows it: the configured address, or the one that was asked at. Behind a proxy that ends TLS the
 * address itself is plain.
 */
export function addressOf({ pipeline }: Pick<HttpServices, "pipeline">, request: Request): string {
  const { publicUrl } = pipeline.snapshot().config.server
  if (publicUrl !== undefined) return publicUrl
  // Of a mended address the host is not the one that was asked.
  const found = origin.exec(originalOf(request).url)?.[0] ?? "http://localhost"
  return request.headers.get("x-forwarded-proto") === "https" ? found.replace(/^http:/, "https:") : found
}
