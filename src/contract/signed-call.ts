import type { Ability, AbilityCall } from "./abilities.ts"

/** Adds to a request what proves who sends it; for tokens that must be fetched. */
export type Sign = <Request extends { readonly headers: Readonly<Record<string, string>> }>(
  request: Request,
  signal: AbortSignal,
) => Promise<Request>

const signedCall = (call: AbilityCall, sign: Sign): AbilityCall => ({
  ...call,
  send: async (request) => call.send(await sign(request, call.signal)),
})

/** The same ability, whose requests are signed; `sign` is absent where nothing is needed. */
export const signedAbility = <Request, Reply>(
  ability: Ability<Request, Reply>,
  sign: Sign | undefined,
): Ability<Request, Reply> =>
  sign === undefined ? ability : { ...ability, run: (request, call) => ability.run(request, signedCall(call, sign)) }
