import type { Plugin } from "signalbox/plugin"
import anthropic from "./anthropic/index.ts"
import google from "./google/index.ts"
import mock from "./mock/index.ts"
import openai from "./openai/index.ts"
import openaiCompatible from "./openai-compatible/index.ts"

/** The plugins inside the executable. A plugin of the watched folder with the name of one of these replaces it. */
const builtIns: readonly Plugin[] = [openai, anthropic, google, openaiCompatible, mock]
export default builtIns
