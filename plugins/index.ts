import type { Plugin } from "signalbox/plugin"
import anthropic from "./anthropic/index.ts"
import azure from "./azure/index.ts"
import bedrock from "./bedrock/index.ts"
import blackForestLabs from "./black-forest-labs/index.ts"
import cohere from "./cohere/index.ts"
import contentFilters from "./content-filters/index.ts"
import deepgram from "./deepgram/index.ts"
import elevenLabs from "./elevenlabs/index.ts"
import fal from "./fal/index.ts"
import google from "./google/index.ts"
import googleVertex from "./google-vertex/index.ts"
import mock from "./mock/index.ts"
import openai from "./openai/index.ts"
import openaiCompatible from "./openai-compatible/index.ts"
import replicate from "./replicate/index.ts"
import responseCache from "./response-cache/index.ts"
import routing from "./routing/index.ts"
import semanticCache from "./semantic-cache/index.ts"
import slack from "./slack/index.ts"
import stability from "./stability/index.ts"
import teams from "./teams/index.ts"
import webSearch from "./web-search/index.ts"
import webhook from "./webhook/index.ts"

/** The plugins inside the executable. A plugin of the watched folder with the name of one of these replaces it. */
const builtIns: readonly Plugin[] = [
  openai,
  anthropic,
  google,
  googleVertex,
  cohere,
  azure,
  bedrock,
  openaiCompatible,
  blackForestLabs,
  deepgram,
  elevenLabs,
  fal,
  replicate,
  stability,
  routing,
  contentFilters,
  webSearch,
  responseCache,
  semanticCache,
  slack,
  teams,
  webhook,
  mock,
]
export default builtIns
