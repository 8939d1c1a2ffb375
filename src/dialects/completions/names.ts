/** Name of the dialect, and key of its fields in `Extras`. */
export const dialectName = "completions"

/** Key, among the fields that the gateway itself acts on, of the wish to have the prompt in front of the answer. */
export const echoKey = "echo"
