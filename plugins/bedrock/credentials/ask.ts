import { messageOf } from "signalbox/plugin"
import type { Services } from "../services.ts"
import { credentialsError } from "./credentials.ts"

export interface Question {
  readonly url: string
  readonly method?: "GET" | "PUT" | "POST"
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** For the words of a failure: `the container's credentials`. */
  readonly where: string
  /** Milliseconds. */
  readonly within: number
}

/** One call to a place that gives credentials. What it answered is never part of an error: it may be a secret. */
export const ask = async (question: Question, services: Services): Promise<Response> => {
  const { url, method = "GET", headers = {}, body, where, within } = question
  try {
    return await services.fetch(url, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
      signal: AbortSignal.any([services.signal, services.deadline(within)]),
      redirect: "manual",
    })
  } catch (thrown) {
    throw credentialsError(`${where} cannot be reached (${messageOf(thrown)})`, thrown)
  }
}

export const demandOk = (response: Response, where: string): Response => {
  if (response.ok) return response
  throw credentialsError(`${where} answered with status ${response.status}`)
}

export const readJson = async (response: Response, where: string): Promise<unknown> => {
  try {
    return await response.json()
  } catch {
    throw credentialsError(`${where} answered with something that is not JSON`)
  }
}
