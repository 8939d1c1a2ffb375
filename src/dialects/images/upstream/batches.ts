import { type AbilityCall, addUsage, type ImageReply, type ImageRequest } from "../../../contract/index.ts"

/** Several answers as one. */
export const joinReplies = (replies: readonly ImageReply[]): ImageReply => {
  const usages = replies.flatMap(({ usage }) => (usage ? [usage] : []))
  const usage = usages.length === 0 ? undefined : usages.reduce(addUsage)
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
  const silent: AbilityCall = { ...call, lose: () => {} }
  const runs = counts.map((count, index) => run({ ...request, count }, index === 0 ? call : silent))
  return joinReplies(await Promise.all(runs))
}
