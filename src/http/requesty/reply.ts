import { documented } from "../documented.ts"

/** What Requesty answers where there is nothing to say. */
export const noContent = (): Response => new Response(null, { status: 204 })

export const told = documented("Requesty")
