import {
  GatewayError,
  type JsonObject,
  type TranscriptionReply,
  type TranscriptionRequest,
  type TranscriptionSegment,
  type Usage,
} from "../../contract/index.ts"
import { transcriptionUsage } from "../media/usage.ts"
import { encodeEvent } from "../sse.ts"
import { encodeSrt, encodeVtt, segmentsOfWords } from "./subtitles.ts"

/** Whether the client's format cannot be written without times. */
export const needsTimes = ({ format }: Pick<TranscriptionRequest, "format">): boolean =>
  format !== "json" && format !== "text"

export interface TranscriptionAnswer {
  readonly reply: TranscriptionReply
  readonly request: TranscriptionRequest
  /** What the host counted: the reply's own usage, or its estimate. */
  readonly usage: Usage
  readonly costUsd: number
}

const segmentsOf = ({
  segments,
  words,
  text,
  durationSeconds,
}: TranscriptionReply): readonly TranscriptionSegment[] => {
  if (segments !== undefined) return segments
  if (words !== undefined) return segmentsOfWords(words)
  if (text.trim() === "") return []
  if (durationSeconds !== undefined) return [{ start: 0, end: durationSeconds, text }]
  throw new GatewayError("bad_provider_response", "The upstream gave no times, which this response_format needs")
}

/** What strict clients (the AI SDK) demand of every segment of whisper's form; vendors that measure other things have none of it. */
const unmeasured = { seek: 0, tokens: [], temperature: 0, avg_logprob: 0, compression_ratio: 0, no_speech_prob: 0 }

const encodeSegment = ({ start, end, text, extras }: TranscriptionSegment, id: number): JsonObject => {
  // OpenAI's segments with speakers have a form of their own.
  const usual = extras?.type === "transcript.text.segment" ? {} : unmeasured
  return { id, ...usual, ...extras, start, end, text }
}

const verbose = ({ reply, request, usage, costUsd }: TranscriptionAnswer): JsonObject => {
  const segments = segmentsOf(reply)
  const duration = reply.durationSeconds ?? usage.counters?.seconds ?? segments.at(-1)?.end ?? 0
  const wanted = request.granularities
  const withWords = reply.words !== undefined && (wanted.length === 0 || wanted.includes("word"))
  const withSegments = wanted.length === 0 || wanted.includes("segment")
  return {
    task: request.task,
    language: reply.language ?? request.language ?? "unknown",
    duration,
    text: reply.text,
    ...(withWords ? { words: (reply.words ?? []).map(({ word, start, end }) => ({ word, start, end })) } : {}),
    ...(withSegments ? { segments: segments.map(encodeSegment) } : {}),
    usage: transcriptionUsage(usage, costUsd),
  }
}

const json = (body: JsonObject) => ({ body: JSON.stringify(body), mime: "application/json" })
const text = (body: string, mime: string) => ({ body, mime: `${mime}; charset=utf-8` })

/** The body of an answer in the format that the client asked for, and its type. */
export const encodeTranscription = (answer: TranscriptionAnswer): { readonly body: string; readonly mime: string } => {
  const { reply, request, usage, costUsd } = answer
  switch (request.format) {
    case "json":
      return json({ text: reply.text, usage: transcriptionUsage(usage, costUsd) })
    case "verbose_json":
      return json(verbose(answer))
    case "text":
      return text(`${reply.text.trim()}\n`, "text/plain")
    case "srt":
      return text(encodeSrt(segmentsOf(reply)), "application/x-subrip")
    case "vtt":
      return text(encodeVtt(segmentsOf(reply)), "text/vtt")
  }
}

/** The same answer as events (`stream: true`): the text comes at once, since no upstream is asked for pieces. */
export const encodeTranscriptionEvents = ({ reply, usage, costUsd }: TranscriptionAnswer): string => {
  const done: JsonObject = {
    type: "transcript.text.done",
    text: reply.text,
    usage: transcriptionUsage(usage, costUsd),
  }
  const delta: JsonObject = { type: "transcript.text.delta", delta: reply.text }
  return (reply.text === "" ? [done] : [delta, done]).map((event) => encodeEvent(event)).join("")
}
