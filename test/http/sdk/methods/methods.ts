import { existsSync, readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import type { World } from "./world.ts"

/** Calls one method with the client; whatever has to be there before is made in the world. */
export type Call<Client> = (client: Client, world: World) => unknown

export type Calls<Client> = Readonly<Record<string, Call<Client>>>

/** Every method of a client, as its user writes it: `guardrails.list`, `beta.responses.send`. */
export function methodsOf(client: object, path = ""): readonly string[] {
  const prototype = Object.getPrototypeOf(client)
  return Object.entries(Object.getOwnPropertyDescriptors(prototype)).flatMap(([name, { value, get }]) => {
    if (name === "constructor") return []
    if (get) return methodsOf((client as Record<string, object>)[name]!, `${path}${name}.`)
    return typeof value === "function" ? [path + name] : []
  })
}

/** What an SDK's code says of a method; nothing of one that only passes on to another. */
function codeOf(sdk: string, method: string): string {
  const name = method.replace(/\.([a-z])/gi, (_, letter: string) => letter.toUpperCase())
  const file = join(dirname(fileURLToPath(import.meta.resolve(sdk))), "funcs", `${name}.js`)
  return existsSync(file) ? readFileSync(file, "utf8") : ""
}

/** Those statuses that an SDK has an error of its own for. */
export const declaredStatuses = (sdk: string, method: string): ReadonlySet<number> =>
  new Set([...codeOf(sdk, method).matchAll(/M\.jsonErr\((\d+),/g)].map(([, status]) => Number(status)))

/** Where a method goes; names in its path in braces. Throws for one that only passes on. */
export function requestOf(sdk: string, name: string): { readonly method: string; readonly path: string } {
  const code = codeOf(sdk, name)
  const [, path] = /pathToFunc\("([^"]+)"\)/.exec(code) ?? []
  const [, method] = /method: "([A-Z]+)"/.exec(code) ?? []
  if (path === undefined || method === undefined) throw new Error(`no address of ${name}`)
  return { method, path }
}

/** The same request, with something in place of what its path names first. */
export function misnamed(request: Request, path: string): Request {
  const at = `/api/v1${path}`.split("/").findIndex((part) => part.startsWith("{"))
  const url = new URL(request.url)
  url.pathname = url.pathname
    .split("/")
    .map((part, index) => (index === at ? "nobody-made-this" : part))
    .join("/")
  return new Request(url, request)
}

/** What a method gave, with all pages of a list and all of a stream; how many rows there were. */
export async function taken(given: unknown): Promise<readonly unknown[] | undefined> {
  const result = await given
  if (result instanceof ReadableStream) {
    await new Response(result).arrayBuffer()
    return undefined
  }
  if (typeof result !== "object" || result === null || !(Symbol.asyncIterator in result)) return undefined
  const rows: unknown[] = []
  for await (const page of result as AsyncIterable<{ data?: unknown[]; result?: { data: unknown[] } }>)
    rows.push(...(page.result?.data ?? page.data ?? []))
  return rows
}

export const thrownBy = async (given: unknown): Promise<unknown> => {
  try {
    await taken(given)
  } catch (thrown) {
    return thrown
  }
  return undefined
}
