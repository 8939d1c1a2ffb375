import type { TranscriptionSegment } from "../../contract/index.ts"

const padded = (value: number, width: number): string => String(value).padStart(width, "0")

/** Hours, minutes, seconds and thousandths; SubRip has a comma where WebVTT has a point. */
const timeText = (seconds: number, separator: "," | "."): string => {
  const thousandths = Math.max(0, Math.round(seconds * 1000))
  const whole = Math.floor(thousandths / 1000)
  const clock = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  return `${clock.map((value) => padded(value, 2)).join(":")}${separator}${padded(thousandths % 1000, 3)}`
}

/** An empty line ends a cue, and an arrow begins one: neither may stand in its text. */
const cueText = (text: string): string =>
  text
    .trim()
    .replace(/\r\n?/g, "\n")
    .replace(/\n{2,}/g, "\n")
    .replaceAll("-->", "->")

const cues = (segments: readonly TranscriptionSegment[], separator: "," | "."): readonly string[] =>
  segments
    .filter(({ text }) => text.trim() !== "")
    .map(
      ({ start, end, text }) =>
        `${timeText(start, separator)} --> ${timeText(Math.max(start, end), separator)}\n${cueText(text)}\n`,
    )

export const encodeSrt = (segments: readonly TranscriptionSegment[]): string =>
  cues(segments, ",")
    .map((cue, index) => `${index + 1}\n${cue}\n`)
    .join("")

export const encodeVtt = (segments: readonly TranscriptionSegment[]): string =>
  `WEBVTT\n\n${cues(segments, ".")
    .map((cue) => `${cue}\n`)
    .join("")}`

export interface TimedWord {
  readonly start: number
  readonly end: number
  readonly word: string
}

/** Longest cue, in seconds and characters, as subtitles are made; a pause of a second ends one too. */
const longestSeconds = 7
const longestText = 84
const pauseSeconds = 1

/** Segments of a vendor that only times words: a sentence each, or as much of it as fits on a screen. */
export const segmentsOfWords = (words: readonly TimedWord[]): readonly TranscriptionSegment[] => {
  const segments: TranscriptionSegment[] = []
  let open: TranscriptionSegment | undefined
  for (const { start, end, word } of words) {
    const text = word.trim()
    if (text === "") continue
    const joined: string = open === undefined ? text : `${open.text} ${text}`
    const full =
      open !== undefined &&
      (/[.!?。！？…]["'”’)]*$/.test(open.text) ||
        start - open.end > pauseSeconds ||
        end - open.start > longestSeconds ||
        joined.length > longestText)
    if (open !== undefined && full) segments.push(open)
    open = open === undefined || full ? { start, end, text } : { ...open, end, text: joined }
  }
  return open === undefined ? segments : [...segments, open]
}
