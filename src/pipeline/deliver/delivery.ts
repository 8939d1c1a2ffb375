/** What goes to the client: one text, or bytes that are pulled as fast as the client takes them. */
export type Delivery =
  | { readonly kind: "whole"; readonly text: string }
  | {
      readonly kind: "stream"
      /** Whole events; undefined = the end. Never throws: a failure is an event of the face. */
      pull(): Promise<Uint8Array | undefined>
      /** The client went away. */
      cancel(): void
    }
