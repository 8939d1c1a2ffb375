import { Elysia } from "elysia"
import { GatewayError } from "../contract/index.ts"
import { requestyFace } from "../dialects/faces/index.ts"
import { answer } from "./answer.ts"
import type { HttpServices } from "./services.ts"

/** `GET /images/made/{name}`: no key, because the name is one: browsers and chat windows show images by their address alone. */
export const madeImages = (services: HttpServices) =>
  new Elysia({ name: "made-images" }).get(
    "/images/made/:name",
    ({ params }) =>
      answer(services, requestyFace, async () => {
        const found = await services.madeImages.find(params.name)
        if (!found) throw new GatewayError("not_found", "There is no such image, or its hour is over.")
        return new Response(found.file, {
          headers: {
            "content-type": found.mime,
            "cache-control": "private, max-age=3600",
            // An SVG is a document with scripts.
            "content-security-policy": "default-src 'none'; sandbox",
            "x-content-type-options": "nosniff",
          },
        })
      }),
    { detail: { summary: "An image that was made", tags: ["Inference"] } },
  )
