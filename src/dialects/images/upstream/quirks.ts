import type { ImageRequest } from "../../../contract/index.ts"

/** The fields of a request that vendors name differently, or do not have. */
export type ImageField =
  | "count"
  | "size"
  | "quality"
  | "style"
  | "background"
  | "outputFormat"
  | "outputCompression"
  | "user"

/** What a mask is: transparent where the picture may change, as OpenAI has it; white there; or nothing that is taken. */
export type MaskShape = "alpha" | "brightness" | false

/** How the images of an edit are sent. */
export type EditShape =
  /** A form with `image[]` (`image` for one), as OpenAI takes it. */
  | { readonly as: "form"; readonly list?: boolean; readonly most?: number; readonly mask?: MaskShape }
  /** JSON with `{ url, type: "image_url" }`: xAI's edits. */
  | { readonly as: "reference"; readonly field: string; readonly most?: number; readonly list?: boolean }
  /** JSON with `{ type: "image_url", image_url: { url } }`, as chats have it: OpenRouter's references. */
  | { readonly as: "part"; readonly field: string; readonly most?: number; readonly list?: boolean }
  /** JSON with data URLs as texts, in this field: a list of them where `list`. */
  | { readonly as: "json"; readonly field: string; readonly most?: number; readonly list?: boolean }

/** In what a vendor's image routes differ from OpenAI's. Absent means as there. */
export interface ImageQuirks {
  /** The vendor's own names; `false` = it has no such field, and the loss is reported. */
  readonly fields?: Readonly<Partial<Record<ImageField, string | false>>>
  /** How a size is told. Default: the field as the client wrote it. */
  readonly size?: "pixels" | "ratio"
  /** Proportions that it knows, where `size` is `ratio`. */
  readonly ratios?: readonly string[]
  /** How base64 and URLs are asked for. Absent: by `response_format`; `false`: cannot be asked for. */
  readonly responseFormat?: { readonly b64_json: string; readonly url: string } | false
  /** Which of both is asked for when the client does not say. Default: nothing is. */
  readonly usualFormat?: NonNullable<ImageRequest["responseFormat"]>
  /** Images in one answer. Default 10. */
  readonly perCall?: number
  /** Default: a form; `false`: no edits. */
  readonly edits?: EditShape | false
  /** Paths, with `{model}` where its name stands in them. */
  readonly paths?: { readonly generate?: string; readonly edit?: string; readonly mask?: string }
  /** The model's name is in the path and not in the body. */
  readonly modelInPath?: boolean
  /** Added to every body unless the client says otherwise. */
  readonly body?: Readonly<Record<string, string | number | boolean>>
  /** Added to the bodies of edits without a mask. */
  readonly editBody?: Readonly<Record<string, string | number | boolean>>
  /** What the answer's `accept` should be. Default JSON. */
  readonly accept?: string
}

/** platform.openai.com/docs/api-reference/images: which family takes what. */
export const openAiImageQuirks = (model: string): ImageQuirks => {
  if (/dall-e-3/i.test(model))
    return {
      fields: { background: false, outputFormat: false, outputCompression: false },
      perCall: 1,
      edits: false,
    }
  if (/dall-e/i.test(model))
    return {
      fields: { quality: false, style: false, background: false, outputFormat: false, outputCompression: false },
      edits: { as: "form", most: 1, mask: "alpha" },
    }
  // Answers base64 always, and refuses to be asked for it.
  if (/gpt-image|chatgpt-image/i.test(model))
    return { fields: { style: false }, responseFormat: false, edits: { as: "form", list: true, mask: "alpha" } }
  return {}
}
