import { createInference } from "../../src/http/app.ts"
import { createManagement } from "../../src/http/management.ts"
import type { HttpServices } from "../../src/http/services.ts"

/** All routes of the application. They ask their services when they are called, not when they are made. */
export function everyRoute() {
  const none = {} as HttpServices
  const served = createInference(none).routes
  return [...served, ...createManagement(none, served).routes]
}
