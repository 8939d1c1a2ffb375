import type { AbilityCall, ImageReply, ImageRequest, Usage } from "../../../contract/index.ts"

const sumOf = <T extends Readonly<Record<string, number>>>(one: T, other: T): T => {
  const sum: Record<string, number> = { ...one }
  for (const [key, value] of Object.entries(other)) sum[key] = (sum[key] ?? 0) + value
  return sum as T
}

const addUsage = (one: Usage | undefined, other: Usage | undefined): Usage | undefined => {
  if (one === undefined || other === undefined) return one ?? other
  const cost = [one.reportedCostUsd, other.reportedCostUsd]
  return {
    input: sumOf(one.input, other.input),
    output: sumOf(one.output, other.output),
    counters: sumOf(one.counters ?? {}, other.counters ?? {}),
    ...(cost[0] === undefined && cost[1] === undefined ? {} : { reportedCostUsd: (cost[0] ?? 0) + (cost[1] ?? 0) }),
  }
}

/** Several answers as one. */
export const joinReplies = (replies: readonly ImageReply[]): ImageReply => {
  const usage = replies.map((reply) => reply.usage).reduce(addUsage, undefined)
  return { images: replies.flatMap(({ images }) => images), ...(usage === undefined ? {} : { usage }) }
}

/** Asks for as many images at once as the vendor makes, as often as it takes; losses are told once. */
export const inBatches = async (
  request: ImageRequest,
  call: AbilityCall,
  most: number,
  run: (request: ImageRequest, call: AbilityCall) => Promise<ImageReply>,
): Promise<ImageReply> => {
  if (request.count <= most) return run(request, call)
  const counts: number[] = []
  for (let left = request.count; left > 0; left -= most) counts.push(Math.min(left, most))
  const silent: AbilityCall = {
    model: call.model,
    signal: call.signal,
    send: (outgoing) => call.send(outgoing),
    wait: (milliseconds) => call.wait(milliseconds),
    newId: (prefix) => call.newId(prefix),
    lose: () => {},
  }
  const runs = counts.map((count, index) => run({ ...request, count }, index === 0 ? call : silent))
  return joinReplies(await Promise.all(runs))
}
