import { type Static, type TObject, type TSchema, Type } from "@sinclair/typebox"
import { Value } from "@sinclair/typebox/value"

/** Money of keys and usage: a text that a decimal parser reads. */
const money = Type.String({ pattern: "^-?\\d+(\\.\\d+)?$" })
const level = Type.Union([Type.Literal("none"), Type.Literal("read"), Type.Literal("write")])
const permissions = Type.Object({ manage: level, completions: level })
const named = Type.Object({ id: Type.String(), name: Type.Optional(Type.String()) })
const person = Type.Object({ id: Type.String(), email: Type.String() })

const key = {
  id: Type.String(),
  name: Type.String(),
  monthly_limit: money,
  monthly_spend: money,
  permissions,
  group: Type.Optional(named),
}
const listedKey = Type.Object({
  ...key,
  labels: Type.Optional(Type.Record(Type.String(), Type.String())),
  created_by: Type.Optional(person),
})
const oneKey = Type.Object({ ...key, logging: Type.Boolean() })

const figures = {
  completions_requests: Type.Integer(),
  total_requests: Type.Integer(),
  spend: money,
  input_tokens: Type.Integer(),
  output_tokens: Type.Integer(),
  total_tokens: Type.Integer(),
}
const usage = Type.Object({
  usage: Type.Record(
    // What its dashboard parses: a date, or a whole time stamp.
    Type.String({ pattern: "^\\d{4}-\\d{2}-\\d{2}(T\\d{2}:\\d{2}:\\d{2}Z)?$" }),
    Type.Object({
      ...figures,
      embedding_requests: Type.Integer(),
      image_requests: Type.Integer(),
      speech_requests: Type.Integer(),
      transcription_requests: Type.Integer(),
      grouped_data: Type.Optional(
        Type.Array(Type.Object({ group_by_values: Type.Record(Type.String(), Type.String()), ...figures })),
      ),
    }),
  ),
})
export type RequestyUsage = Static<typeof usage>

const orNothing = <Schema extends TSchema>(schema: Schema) => Type.Union([schema, Type.Null()])
const group = {
  id: Type.String(),
  organization_id: Type.String(),
  name: Type.String(),
  members_count: Type.Integer(),
  monthly_spend: Type.Number(),
  monthly_limit: orNothing(Type.Number()),
  monthly_budget: Type.Optional(Type.Number()),
  monthly_budget_per_user: Type.Optional(Type.Number()),
  created_by: Type.String(),
  created_at: Type.String(),
}
const role = Type.Union([Type.Literal("admin"), Type.Literal("member")])
const groupDetail = Type.Object({
  group: Type.Object({
    ...group,
    members: Type.Array(
      Type.Object({
        id: Type.String(),
        email: Type.String(),
        role,
        monthly_limit: orNothing(Type.Number()),
        monthly_spend: Type.Number(),
        rate_limit: orNothing(Type.Number()),
        active: Type.Boolean(),
      }),
    ),
  }),
})

const models = Type.Array(Type.String())
const accessList = Type.Object({
  id: Type.String(),
  name: Type.String(),
  organization_id: Type.String(),
  auto_approve: Type.Boolean(),
  chat: models,
  embedding: models,
  image: models,
  transcription: models,
  speech: models,
})

/** What a failed call told. */
export class RequestyError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message)
  }
}

/**
 * A client with the shapes of Requesty's own command line: fixed types (a text is a text, a number a number), 204 without a body, and of an
 * error only its message. Anything else it throws at.
 */
export class RequestyManagement {
  constructor(
    private readonly base: string,
    private readonly token: string,
  ) {}

  check = () => this.nothing("GET", "/v1/auth/check", undefined, 200)

  listKeys = async () => (await this.ask("GET", "/v1/manage/apikey", Type.Object({ keys: Type.Array(listedKey) }))).keys
  getKey = (id: string) => this.ask("GET", `/v1/manage/apikey/${encodeURIComponent(id)}`, oneKey)
  createKey = (body: object) =>
    this.ask("POST", "/v1/manage/apikey", Type.Object({ api_key_id: Type.String(), api_key: Type.String() }), body)
  deleteKey = (id: string) => this.nothing("DELETE", `/v1/manage/apikey/${encodeURIComponent(id)}`)
  limitKey = (id: string, limit: unknown) => this.changeKey(id, "limit", { monthly_limit: limit })
  labelKey = (id: string, labels: unknown) => this.changeKey(id, "label", { labels })
  expireKey = (id: string, at: unknown) => this.changeKey(id, "expiry", { expires_at: at })
  keyUsage = (id: string, query: string) =>
    this.ask("GET", `/v1/manage/apikey/${encodeURIComponent(id)}/usage?${query}`, usage)

  listGroups = async () =>
    (await this.ask("GET", "/v1/manage/group", Type.Object({ groups: Type.Array(Type.Object(group)) }))).groups
  getGroup = async (id: string) => (await this.ask("GET", `/v1/manage/group/${id}`, groupDetail)).group
  createGroup = async (body: object) =>
    (await this.ask("POST", "/v1/manage/group", Type.Object({ group_id: Type.String() }), body)).group_id
  deleteGroup = (id: string) => this.nothing("DELETE", `/v1/manage/group/${id}`)
  addMember = (id: string, user: string, as: string) =>
    this.nothing("POST", `/v1/manage/group/${id}/member`, { user_id: user, role: as })
  changeRole = (id: string, user: string, as: string) =>
    this.nothing("PUT", `/v1/manage/group/${id}/member/${user}/role`, { role: as })
  removeMember = (id: string, user: string) =>
    this.nothing("DELETE", `/v1/manage/group/${id}/member`, { user_id: user })

  listAccessLists = async () =>
    (await this.ask("GET", "/v1/manage/access-list", Type.Object({ access_lists: Type.Array(accessList) })))
      .access_lists
  getAccessList = async (id: string) =>
    (await this.ask("GET", `/v1/manage/access-list/${id}`, Type.Object({ access_list: accessList }))).access_list
  createAccessList = async (body: object) =>
    (await this.ask("POST", "/v1/manage/access-list", Type.Object({ id: Type.String() }), body)).id
  changeAccessList = (id: string, body: object) => this.nothing("PATCH", `/v1/manage/access-list/${id}`, body)
  deleteAccessList = (id: string, query = "") => this.nothing("DELETE", `/v1/manage/access-list/${id}${query}`)

  organisation = () =>
    this.ask(
      "GET",
      "/v1/manage/org",
      Type.Object({ id: Type.String(), name: Type.String(), balance: Type.Optional(money), currency: Type.String() }),
    )
  organisationUsage = (query: string) => this.ask("GET", `/v1/manage/org/usage?${query}`, usage)
  members = async () =>
    (await this.ask("GET", "/v1/manage/org/member", Type.Object({ members: Type.Array(person) }))).members

  private changeKey = (id: string, what: string, body: object) =>
    this.nothing("POST", `/v1/manage/apikey/${encodeURIComponent(id)}/${what}`, body)

  private async ask<Schema extends TObject>(
    method: string,
    path: string,
    shape: Schema,
    body?: object,
  ): Promise<Static<Schema>> {
    const answer = await this.send(method, path, body, [200, 201])
    const value: unknown = await answer.json()
    const wrong = Value.Errors(shape, value).First()
    if (wrong) throw new Error(`${method} ${path}: ${wrong.path} ${wrong.message}: ${JSON.stringify(wrong.value)}`)
    return value as Static<Schema>
  }

  private async nothing(method: string, path: string, body?: object, status = 204): Promise<void> {
    const answer = await this.send(method, path, body, [status])
    const text = await answer.text()
    if (status === 204 && text !== "") throw new Error(`${method} ${path}: a body where there is none: ${text}`)
  }

  private async send(method: string, path: string, body: object | undefined, wanted: readonly number[]) {
    const answer = await fetch(this.base + path, {
      method,
      headers: { authorization: `Bearer ${this.token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    if (wanted.includes(answer.status)) return answer
    const told = (await answer.json()) as { error?: { message?: unknown } }
    if (typeof told.error?.message !== "string") throw new Error(`${method} ${path}: an error without a message`)
    throw new RequestyError(answer.status, told.error.message)
  }
}
