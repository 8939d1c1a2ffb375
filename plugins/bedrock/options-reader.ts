import { GatewayError, type JsonObject, type ProviderSettings } from "signalbox/plugin"

/** Reads one entry's options; every mistake names its path. */
export class Reader {
  constructor(
    private readonly settings: ProviderSettings,
    private readonly fields: Readonly<Record<string, unknown>>,
    private readonly path: string,
  ) {}

  refuse(name: string, problem: string): GatewayError {
    const param = `${this.path}${name}`
    return new GatewayError("invalid_request", `provider ${this.settings.id}: ${param} ${problem}`, { param })
  }

  only(names: readonly string[]): this {
    for (const name of Object.keys(this.fields))
      if (!names.includes(name)) throw this.refuse(name, `is not known; known: ${names.join(", ")}`)
    return this
  }

  text(name: string): string | undefined {
    const value = this.fields[name]
    if (value === undefined || value === "") return undefined
    if (typeof value !== "string") throw this.refuse(name, "must be a text")
    return value
  }

  demand(name: string): string {
    const value = this.text(name)
    if (value === undefined) throw this.refuse(name, "is missing")
    return value
  }

  flag(name: string, usual: boolean): boolean {
    const value = this.fields[name] ?? usual
    if (typeof value !== "boolean") throw this.refuse(name, "must be true or false")
    return value
  }

  texts(name: string): readonly string[] | undefined {
    const value = this.fields[name]
    if (value === undefined) return undefined
    if (!Array.isArray(value) || !value.every((entry) => typeof entry === "string"))
      throw this.refuse(name, "must be a list of texts")
    return value
  }

  map(name: string): Readonly<Record<string, string>> {
    const inner = this.inner(name)
    if (!inner) return {}
    return Object.fromEntries(Object.keys(inner.fields).map((key) => [key, inner.demand(key)]))
  }

  inner(name: string): Reader | undefined {
    const value = this.fields[name]
    if (value === undefined) return undefined
    if (typeof value !== "object" || value === null || Array.isArray(value))
      throw this.refuse(name, "must be a mapping")
    return new Reader(this.settings, value as JsonObject, `${this.path}${name}.`)
  }
}
