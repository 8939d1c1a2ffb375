import type { Accounts } from "../accounts/open-accounts.ts"
import type { Config } from "../config/config.ts"
import type { Snapshot } from "../pipeline/services.ts"
import type { Gateway } from "./types.ts"

/** Makes the keys without which nobody could begin: a management key when there is none, an inference key when there is none. */
export async function firstKeys(accounts: Accounts, config: Config): Promise<Gateway["firstRun"]> {
  const keys = accounts.keys.list()
  const needsAdmin = config.adminKey === undefined && !keys.some(({ kind }) => kind === "management")
  const needsInference = !keys.some(({ kind }) => kind === "inference")
  return {
    ...(needsAdmin ? { adminKey: (await accounts.keys.create({ name: "admin", kind: "management" })).token } : {}),
    ...(needsInference
      ? { inferenceKey: (await accounts.keys.create({ name: "first", kind: "inference" })).token }
      : {}),
  }
}

/** A line for the shell that gives a streamed answer. Keys of the file are not printed: who wrote the file knows them. */
export function curlLine(url: string, firstRun: Gateway["firstRun"], snapshot: Snapshot): string {
  const key = firstRun.inferenceKey ?? "$SIGNALBOX_KEY"
  const body = JSON.stringify({
    model: snapshot.defaultModel,
    stream: true,
    messages: [{ role: "user", content: "Hello from signalbox" }],
  })
  const hint = firstRun.inferenceKey
    ? ""
    : "  # SIGNALBOX_KEY: one of your inference keys; signalbox keys create makes one\n"
  return `${hint}curl -N ${url}/v1/chat/completions -H "Authorization: Bearer ${key}" -H "Content-Type: application/json" -d '${body}'`
}
