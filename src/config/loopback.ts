/** Only programs of this machine can reach a gateway that listens here. What else the loopback interface bears may be routed to it. */
export const isLoopback = (host: string): boolean =>
  host === "localhost" || host === "::1" || /^127(?:\.\d{1,3}){3}$/.test(host)
