export interface Target {
  readonly name: string
  readonly url: string
  readonly key: string
}

/** What is sent, and where to. */
export interface Call {
  readonly path: string
  readonly body: string
}

const send = async (target: Target, { path, body }: Call): Promise<void> => {
  const response = await fetch(`${target.url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${target.key}` },
    body,
  })
  const text = await response.text()
  if (!response.ok) throw new Error(`${target.name} answered ${response.status}: ${text.slice(0, 500)}`)
}

/** So many requests, so many at once; every answer is read to its end. */
export async function drive(target: Target, call: Call, requests: number, concurrency: number): Promise<void> {
  let left = requests
  const worker = async () => {
    while (left-- > 0) await send(target, call)
  }
  await Promise.all(Array.from({ length: concurrency }, worker))
}

/** Milliseconds of one request. */
export async function driveOne(target: Target, call: Call): Promise<number> {
  const began = performance.now()
  await send(target, call)
  return performance.now() - began
}
