/** The yardstick: the least that a proxy on this runtime can do. Reads the body, sends it on, gives the answer back. */
const upstream = process.argv[2]!
const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  idleTimeout: 0,
  maxRequestBodySize: 64 * 1024 * 1024,
  async fetch(request) {
    const { url } = request
    return fetch(`${upstream}${url.slice(url.indexOf("/", 7) + 1)}`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: "Bearer upstream" },
      body: await request.text(),
      signal: request.signal,
    })
  },
})

export {}

console.log(`READY ${server.url}`)
