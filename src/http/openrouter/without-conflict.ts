import { GatewayError } from "../../contract/index.ts"

/** Some of OpenRouter's routes know no 409, so that SDKs would not understand one: what is in the way is a bad request there. */
export async function withoutConflict<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (thrown) {
    if (!GatewayError.is(thrown) || thrown.code !== "conflict") throw thrown
    const { message, param } = thrown
    throw new GatewayError("invalid_request", message, { cause: thrown, ...(param === undefined ? {} : { param }) })
  }
}
