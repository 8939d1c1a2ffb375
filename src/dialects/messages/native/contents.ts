import type { GatewayError, NativeSummary, Usage } from "../../../contract/index.ts"
import { type Member, memberOf, type ObjectSpan, valueText } from "../../json-text/index.ts"

/** A member's text without its quotes, escapes as they are written; undefined where it is no text or empty. */
export const writtenText = (text: string, member: Member | undefined): string | undefined =>
  member && text[member.valueStart] === '"' && member.valueEnd - member.valueStart > 2
    ? text.slice(member.valueStart + 1, member.valueEnd - 1)
    : undefined

/** What passed of one answer. Until the upstream has counted its output, the usage is what it counted of the input and a guess. */
export class Summary implements NativeSummary {
  finish: string | undefined
  upstreamId: string | undefined
  upstreamModel: string | undefined
  error: GatewayError | undefined
  complete = false
  contentLength = 0
  /** As far as the upstream reported it. */
  reported: Usage | undefined
  isCounted = false

  constructor(private readonly estimate: (contentLength: number) => Usage) {}

  get usage(): Usage | undefined {
    if (this.isCounted || (!this.reported && !this.complete)) return this.reported
    const guess = this.estimate(this.contentLength)
    return this.reported ? { ...this.reported, output: guess.output, estimated: true } : guess
  }
}

/** The members of blocks and deltas that are content, in any block of this format. */
const contentKeys = ["text", "thinking", "partial_json"] as const

/** Notes what a block or a delta brings: how much content, and signatures, whose origin the next turn asks for. */
export const noteContent = (text: string, span: ObjectSpan, summary: NativeSummary): void => {
  for (const key of contentKeys) summary.contentLength += writtenText(text, memberOf(span, key))?.length ?? 0
  const kind = writtenText(text, memberOf(span, "type"))
  const name = memberOf(span, "name")
  if (name) summary.contentLength += writtenText(text, name)?.length ?? 0
  const input = memberOf(span, "input")
  if (input && valueText(text, input) !== "{}") summary.contentLength += input.valueEnd - input.valueStart
  const signature =
    writtenText(text, memberOf(span, "signature")) ??
    (kind === "redacted_thinking" ? writtenText(text, memberOf(span, "data")) : undefined)
  if (signature === undefined) return
  summary.contentLength += 1
  summary.signatures ??= []
  summary.signatures.push(signature.includes("\\") ? (JSON.parse(`"${signature}"`) as string) : signature)
}
