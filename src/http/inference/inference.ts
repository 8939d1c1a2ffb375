import { Elysia } from "elysia"
import type { FaceMount, HttpServices } from "../services.ts"
import { audio } from "./audio.ts"
import { completions } from "./completions.ts"
import { conversations } from "./conversations.ts"
import { messagesCount } from "./count-tokens.ts"
import { images } from "./images.ts"
import { responses } from "./responses/routes.ts"
import { vectors } from "./vectors.ts"

/** Everything that models do, on one face. */
export const inference = (services: HttpServices, mount: FaceMount) =>
  new Elysia({ name: `inference ${mount.prefix}` })
    .use(conversations(services, mount))
    .use(responses(services, mount))
    .use(completions(services, mount))
    .use(messagesCount(services, mount))
    .use(vectors(services, mount))
    .use(images(services, mount))
    .use(audio(services, mount))
