import { describe, expect, test } from "bun:test"
import { converseDialect } from "../../plugins/bedrock/converse/dialect.ts"
import { cohereV2 } from "../../plugins/cohere/dialect/index.ts"
import type { Dialect, MediaContent, MediaNeed, Profile } from "../../src/contract/index.ts"
import { chatCompletions, gemini, mediaType, messages, responses } from "../../src/dialects/index.ts"

const converse = converseDialect((model) => model)

const url = (kind: MediaContent["kind"], address: string, more: Partial<MediaContent> = {}): MediaContent => ({
  type: "media",
  kind,
  source: { type: "url", url: address },
  ...more,
})
const data = (mime: string, more: Partial<MediaContent> = {}): MediaContent => ({
  type: "media",
  kind: "file",
  source: { type: "data", base64: "QUJD" },
  mime,
  ...more,
})

const image = url("image", "https://a.b/c.png")
const pdfUrl = url("file", "https://a.b/c.pdf?x=1")
const pdfTyped = url("file", "https://a.b/c", { mime: "application/pdf" })
const untyped = url("file", "https://a.b/c")
const csvUrl = url("file", "https://a.b/c.csv")
const pdf = data("application/pdf")
const csv = data("text/csv")
const json = data("application/json")
const word = data("application/msword")
const byId: MediaContent = { type: "media", kind: "file", source: { type: "id", id: "f" } }
const noPdf: Profile = { pdf: false }
const noUrls: Profile = { mediaUrls: false }

type Row = readonly [string, MediaContent, Profile, MediaNeed | undefined]

const tables: readonly (readonly [string, Dialect, readonly Row[]])[] = [
  [
    "chat completions",
    chatCompletions,
    [
      ["an image's address", image, {}, undefined],
      ["an image's address, not fetched", image, noUrls, "bytes"],
      ["an image's address, no images", image, { ...noUrls, images: false }, undefined],
      ["an image in a data URL", url("image", "data:image/png;base64,AAAA"), noUrls, undefined],
      ["sound by address", url("audio", "https://a.b/c.mp3"), {}, "bytes"],
      ["PDF by address", pdfUrl, {}, "bytes"],
      ["PDF by address, fetched", pdfUrl, { fileUrls: true }, undefined],
      ["PDF by address, no addresses", pdfUrl, { fileUrls: true, mediaUrls: false }, "bytes"],
      ["PDF by address, not read", pdfTyped, noPdf, "text"],
      ["something by address, PDF not read", untyped, noPdf, "bytes"],
      ["PDF", pdf, {}, undefined],
      ["PDF, not read", pdf, noPdf, "text"],
      ["a table", csv, {}, "text"],
      ["a table by address", csvUrl, { fileUrls: true }, "text"],
      ["JSON", json, {}, "text"],
      ["a text by its name alone", data("application/octet-stream", { name: "notes.md" }), {}, "text"],
      ["something else", word, {}, undefined],
      ["a file of the upstream", byId, noPdf, undefined],
    ],
  ],
  [
    "responses",
    responses,
    [
      ["an image's address", image, {}, undefined],
      ["an image's address, not fetched", image, noUrls, "bytes"],
      ["sound by address", url("audio", "https://a.b/c.mp3"), {}, "bytes"],
      ["a film", url("video", "https://a.b/c.mp4"), noUrls, undefined],
      ["PDF by address", pdfUrl, {}, undefined],
      ["PDF by address, not fetched", pdfUrl, noUrls, "bytes"],
      ["PDF, not read", pdf, noPdf, "text"],
      ["a table", csv, {}, "text"],
    ],
  ],
  [
    "messages",
    messages,
    [
      ["an image's address", image, {}, undefined],
      ["an image's address, not fetched", image, noUrls, "bytes"],
      ["PDF by address", pdfTyped, {}, undefined],
      ["PDF by its address's ending", pdfUrl, {}, undefined],
      ["PDF by address, not fetched", pdfUrl, noUrls, "bytes"],
      ["something by address", untyped, {}, "bytes"],
      ["a table by address", csvUrl, {}, "bytes"],
      ["a table", csv, {}, undefined],
      ["a table, no documents", csv, noPdf, "text"],
      ["YAML", data("application/yaml"), {}, "text"],
      ["sound", url("audio", "https://a.b/c.mp3"), noUrls, undefined],
    ],
  ],
  [
    "gemini",
    gemini,
    [
      ["an image's address", image, {}, "bytes"],
      ["an uploaded file", url("file", "https://generativelanguage.googleapis.com/v1beta/files/x"), {}, undefined],
      ["Cloud Storage", url("file", "gs://a/b.pdf"), {}, undefined],
      ["YouTube", url("video", "https://www.youtube.com/watch?v=1"), {}, undefined],
      ["PDF by address", pdfUrl, {}, "bytes"],
      ["PDF", pdf, {}, undefined],
      ["a table", csv, {}, undefined],
      ["JSON", json, {}, "text"],
    ],
  ],
  [
    "cohere",
    cohereV2,
    [
      ["an image's address", image, {}, undefined],
      ["PDF by address", pdfUrl, noPdf, "bytes"],
      ["PDF", pdf, noPdf, "text"],
      ["a table", csv, noPdf, undefined],
      ["a table by address", csvUrl, noPdf, "bytes"],
    ],
  ],
  [
    "converse",
    converse,
    [
      ["an image's address", image, {}, "bytes"],
      ["an object in S3", url("file", "s3://bucket/c.pdf"), {}, undefined],
      ["PDF by address", pdfUrl, {}, "bytes"],
      ["PDF, not read", pdf, noPdf, "text"],
      ["a table", csv, {}, undefined],
      ["YAML", data("application/yaml"), {}, "text"],
    ],
  ],
]

describe.each(tables)("%s", (_name, dialect, rows) => {
  test.each(rows)("%s", (_what, media, profile, need) => {
    expect(dialect.mediaNeed!(media, profile)).toBe(need as MediaNeed)
  })
})

describe("the type of a file", () => {
  test.each<[MediaContent, string | undefined]>([
    [data("Text/Plain; charset=utf-8"), "text/plain"],
    [url("file", "https://a.b/c.PDF?d=e.csv"), "application/pdf"],
    [url("file", "https://a.b/c.pdf", { name: "d.csv" }), "text/csv"],
    [data("application/octet-stream", { name: "x.json" }), "application/json"],
    [data("application/octet-stream", { name: "x.unknown" }), undefined],
    [url("file", "https://a.b/"), undefined],
  ])("%j", (media, type) => {
    expect(mediaType(media)).toBe(type as string)
  })
})
