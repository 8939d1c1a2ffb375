import { OverlaySource } from "./source.ts"
import ai21 from "./tables/ai21.jsonl" with { type: "text" }
import alibaba from "./tables/alibaba.jsonl" with { type: "text" }
import alibabaCn from "./tables/alibaba-cn.jsonl" with { type: "text" }
import amazonBedrock from "./tables/amazon-bedrock.jsonl" with { type: "text" }
import anthropic from "./tables/anthropic.jsonl" with { type: "text" }
import azure from "./tables/azure.jsonl" with { type: "text" }
import azureFoundryAnthropic from "./tables/azure-foundry-anthropic.jsonl" with { type: "text" }
import baseten from "./tables/baseten.jsonl" with { type: "text" }
import cerebras from "./tables/cerebras.jsonl" with { type: "text" }
import cloudflareWorkersAi from "./tables/cloudflare-workers-ai.jsonl" with { type: "text" }
import cohere from "./tables/cohere.jsonl" with { type: "text" }
import deepgram from "./tables/deepgram.jsonl" with { type: "text" }
import deepinfra from "./tables/deepinfra.jsonl" with { type: "text" }
import deepseek from "./tables/deepseek.jsonl" with { type: "text" }
import elevenlabs from "./tables/elevenlabs.jsonl" with { type: "text" }
import fireworks from "./tables/fireworks.jsonl" with { type: "text" }
import google from "./tables/google.jsonl" with { type: "text" }
import googleVertex from "./tables/google-vertex.jsonl" with { type: "text" }
import groq from "./tables/groq.jsonl" with { type: "text" }
import inception from "./tables/inception.jsonl" with { type: "text" }
import jina from "./tables/jina.jsonl" with { type: "text" }
import llamaApi from "./tables/llama-api.jsonl" with { type: "text" }
import minimax from "./tables/minimax.jsonl" with { type: "text" }
import mistral from "./tables/mistral.jsonl" with { type: "text" }
import moonshotai from "./tables/moonshotai.jsonl" with { type: "text" }
import nebius from "./tables/nebius.jsonl" with { type: "text" }
import novita from "./tables/novita.jsonl" with { type: "text" }
import openai from "./tables/openai.jsonl" with { type: "text" }
import ovhcloud from "./tables/ovhcloud.jsonl" with { type: "text" }
import perplexity from "./tables/perplexity.jsonl" with { type: "text" }
import scaleway from "./tables/scaleway.jsonl" with { type: "text" }
import siliconflow from "./tables/siliconflow.jsonl" with { type: "text" }
import stepfun from "./tables/stepfun.jsonl" with { type: "text" }
import together from "./tables/together.jsonl" with { type: "text" }
import upstage from "./tables/upstage.jsonl" with { type: "text" }
import voyage from "./tables/voyage.jsonl" with { type: "text" }
import xai from "./tables/xai.jsonl" with { type: "text" }
import xiaomi from "./tables/xiaomi.jsonl" with { type: "text" }
import zai from "./tables/zai.jsonl" with { type: "text" }

/** When what is in the tables was last compared with its sources. */
export const overlayDay = "2026-07-02"

/** What is built in. A file a vendor; its first line says where its facts are from, a line that is from elsewhere says so itself. */
export const overlay = (): OverlaySource =>
  new OverlaySource(overlayDay, [
    ai21,
    alibaba,
    alibabaCn,
    amazonBedrock,
    anthropic,
    azure,
    azureFoundryAnthropic,
    baseten,
    cerebras,
    cloudflareWorkersAi,
    cohere,
    deepgram,
    deepinfra,
    deepseek,
    elevenlabs,
    fireworks,
    google,
    googleVertex,
    groq,
    inception,
    jina,
    llamaApi,
    minimax,
    mistral,
    moonshotai,
    nebius,
    novita,
    openai,
    ovhcloud,
    perplexity,
    scaleway,
    siliconflow,
    stepfun,
    together,
    upstage,
    voyage,
    xai,
    xiaomi,
    zai,
  ])
