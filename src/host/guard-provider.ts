import {
  type Abilities,
  type Ability,
  type AbilityCall,
  type ChatPart,
  type Dialect,
  type DirectCall,
  type FrameDecoder,
  GatewayError,
  type ModelListing,
  type NativeLane,
  type NativeTap,
  type Provider,
  type ProviderDefinition,
  type ProviderSettings,
  type StreamDecoder,
  type WireChat,
  type WireFailure,
} from "../contract/index.ts"
import type { Guard } from "./guard.ts"
import { hostDialects } from "./modules.ts"
import { checkProvider } from "./self-check.ts"

/** The same definition, whose providers are checked, counted and never throw anything but a GatewayError. */
export function guardDefinition(guard: Guard, definition: ProviderDefinition, signal: AbortSignal): ProviderDefinition {
  const hook = `provider ${definition.id}`
  const create = guard.hot(
    `${hook}.create`,
    (settings: ProviderSettings) => checkProvider(definition.create(settings)),
    false,
  )
  return { ...definition, create: (settings) => guardProvider(guard, hook, create(settings), signal) }
}

function guardProvider(guard: Guard, hook: string, provider: Provider, signal: AbortSignal): Provider {
  return {
    ...provider,
    ...(provider.wire ? { wire: guardWire(guard, hook, provider.wire) } : {}),
    ...(provider.otherWires
      ? { otherWires: provider.otherWires.map((wire) => guardWire(guard, `${hook}.${wire.dialect.name}`, wire)) }
      : {}),
    ...(provider.abilities ? { abilities: guardAbilities(guard, hook, provider.abilities) } : {}),
    ...(provider.regionOf
      ? { regionOf: guard.hot(`${hook}.regionOf`, (model: string) => provider.regionOf!(model)) }
      : {}),
    ...(provider.listName
      ? { listName: guard.hot(`${hook}.listName`, (model: string) => provider.listName!(model)) }
      : {}),
    ...(provider.listing ? { listing: guardListing(guard, `${hook}.listing`, provider.listing) } : {}),
    ...(provider.chat ? { chat: guardChat(guard, hook, provider, signal) } : {}),
  }
}

function guardListing(guard: Guard, hook: string, listing: ModelListing): ModelListing {
  const { details } = listing
  const signing = guard.breaker(`${hook}.sign`)
  return {
    ...(listing.partial ? { partial: true } : {}),
    endpoint: guard.hot(`${hook}.endpoint`, () => listing.endpoint()),
    read: guard.hot(`${hook}.read`, (document) => listing.read(document)),
    ...(listing.next ? { next: guard.hot(`${hook}.next`, (document) => listing.next!(document)) } : {}),
    ...(details
      ? {
          details: {
            request: guard.hot(`${hook}.details`, (model) => details.request(model)),
            read: guard.hot(`${hook}.details`, (document) => details.read(document)),
          },
        }
      : {}),
    ...(listing.sign
      ? { sign: async (request, signal) => guard.call(signing, () => listing.sign!(request, signal)) }
      : {}),
  }
}

/** An attempt has a deadline and an abort of its own: the guard only counts, and wraps what is thrown. */
function guardAbilities(guard: Guard, hook: string, abilities: Abilities): Abilities {
  const guarded = Object.entries(abilities).map(([name, ability]) => {
    const { run, serves, classify } = ability as Ability<unknown, unknown>
    const running = guard.breaker(`${hook}.${name}`)
    return [
      name,
      {
        ...(serves
          ? { serves: guard.hot(`${hook}.${name}.serves`, (model: string) => serves.call(ability, model)) }
          : {}),
        ...(classify
          ? {
              classify: guard.hot(`${hook}.${name}.classify`, (failure: WireFailure) =>
                classify.call(ability, failure),
              ),
            }
          : {}),
        run: async (request: unknown, call: AbilityCall) => {
          const begun = guard.begin(running)
          try {
            const reply = await run.call(ability, request, call)
            begun.passed()
            return reply
          } catch (thrown) {
            // An upstream's failure, or a client that left, is not the plugin's.
            throw call.signal.aborted ? call.signal.reason : begun.failed(thrown)
          } finally {
            begun.cancelled()
          }
        },
      },
    ]
  })
  return Object.fromEntries(guarded) as Abilities
}

function guardWire(guard: Guard, hook: string, wire: WireChat): WireChat {
  const signing = guard.breaker(`${hook}.sign`)
  return {
    ...wire,
    dialect: guardDialect(guard, wire.dialect),
    profile: guard.hot(`${hook}.profile`, (model) => wire.profile(model)),
    endpoint: guard.hot(`${hook}.endpoint`, (call) => wire.endpoint(call)),
    ...(wire.serves ? { serves: guard.hot(`${hook}.serves`, (model) => wire.serves!(model)) } : {}),
    ...(wire.declines
      ? { declines: guard.hot(`${hook}.declines`, (request, model) => wire.declines!(request, model)) }
      : {}),
    ...(wire.sign ? { sign: async (request, signal) => guard.call(signing, () => wire.sign!(request, signal)) } : {}),
    ...(wire.classify ? { classify: guard.hot(`${hook}.classify`, (failure) => wire.classify!(failure)) } : {}),
  }
}

/** A plugin's own wire format. The house's formats are the host's own code and pass as they are. */
function guardDialect(guard: Guard, dialect: Dialect): Dialect {
  if (hostDialects.has(dialect)) return dialect
  const hook = `dialect ${dialect.name}`
  const { native, framing } = dialect
  const decodeStream = guard.hot(`${hook}.decodeStream`, (source: Parameters<Dialect["decodeStream"]>[0]) =>
    dialect.decodeStream(source),
  )
  return {
    ...dialect,
    name: dialect.name,
    framing:
      typeof framing === "string" ? framing : guard.hot(`${hook}.framing`, () => guardFrames(guard, hook, framing())),
    encodeRequest: guard.hot(`${hook}.encodeRequest`, (request, target) => dialect.encodeRequest(request, target)),
    ...(dialect.mediaNeed
      ? { mediaNeed: guard.hot(`${hook}.mediaNeed`, (media, profile) => dialect.mediaNeed!(media, profile)) }
      : {}),
    decodeReply: guard.hot(`${hook}.decodeReply`, (body, source) => dialect.decodeReply(body, source)),
    decodeStream: (source) => guardDecoder(guard, hook, decodeStream(source)),
    decodeError: guard.hot(`${hook}.decodeError`, (failure, provider) => dialect.decodeError(failure, provider)),
    ...(native ? { native: guardNative(guard, hook, native) } : {}),
  }
}

const guardFrames = (guard: Guard, hook: string, decoder: FrameDecoder): FrameDecoder => ({
  push: guard.hot(`${hook}.framing.push`, (bytes) => decoder.push(bytes), false),
  end: guard.hot(`${hook}.framing.end`, () => decoder.end(), false),
})

const guardDecoder = (guard: Guard, hook: string, decoder: StreamDecoder): StreamDecoder => ({
  push: guard.hot(`${hook}.push`, (event) => decoder.push(event), false),
  end: guard.hot(`${hook}.end`, () => decoder.end(), false),
})

function guardNative(guard: Guard, hook: string, native: NativeLane): NativeLane {
  return {
    request: guard.hot(`${hook}.native.request`, (text, target) => native.request(text, target)),
    reply: guard.hot(`${hook}.native.reply`, (text, patch, provider) => native.reply(text, patch, provider)),
    stream: guard.hot(`${hook}.native.stream`, (patch, provider): NativeTap => {
      const tap = native.stream(patch, provider)
      return {
        summary: tap.summary,
        push: guard.hot(`${hook}.native.push`, (bytes: Uint8Array) => tap.push(bytes), false),
        end: guard.hot(`${hook}.native.end`, () => tap.end(), false),
      }
    }),
  }
}

const replaced = (guard: Guard): GatewayError =>
  new GatewayError(
    "plugin_failed",
    `The plugin "${guard.parts.meter.plugin}" was replaced, and its time to finish running work is over.`,
  )

const contentBearing = (part: ChatPart): boolean => part.type !== "start"

/**
 * No deadline of the host's: an attempt has its own for the first part and between parts, and aborts. But an abort is not left to
 * the plugin's good will: the consumer is set free at once, and the plugin's generator is told to return.
 */
function guardChat(guard: Guard, hook: string, provider: Provider, live: AbortSignal): NonNullable<Provider["chat"]> {
  const breaker = guard.breaker(`${hook}.chat`)
  return async function* chat(call: DirectCall): AsyncGenerator<ChatPart, void, undefined> {
    const running = guard.begin(breaker)
    let begun = false
    let iterator: AsyncIterator<ChatPart> | undefined
    try {
      call.signal.throwIfAborted()
      iterator = provider.chat!(call)[Symbol.asyncIterator]()
      while (true) {
        const step = await nextOrAbort(iterator, call.signal, live)
        if (step.done) break
        begun ||= contentBearing(step.value)
        yield step.value
      }
      iterator = undefined
      running.passed()
    } catch (thrown) {
      if (call.signal.aborted) throw call.signal.reason
      if (live.aborted) throw running.failed(replaced(guard))
      // Once content went out, a failure belongs into an `error` part; a throw there is the plugin's fault whatever it throws.
      throw begun ? running.failed(thrown, true) : running.failed(thrown)
    } finally {
      running.cancelled()
      // Also ends a generator that was left in the middle. It is not waited for: one that hangs must not hold its consumer.
      iterator?.return?.().then(undefined, (thrown: unknown) => {
        if (!call.signal.aborted) guard.fault(breaker.hook, thrown)
      })
    }
  }
}

function nextOrAbort(
  iterator: AsyncIterator<ChatPart>,
  call: AbortSignal,
  live: AbortSignal,
): Promise<IteratorResult<ChatPart, unknown>> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      release()
      reject(call.aborted ? call.reason : live.reason)
    }
    const release = () => {
      call.removeEventListener("abort", abort)
      live.removeEventListener("abort", abort)
    }
    if (call.aborted || live.aborted) return abort()
    call.addEventListener("abort", abort)
    live.addEventListener("abort", abort)
    iterator.next().then(
      (step) => {
        release()
        resolve(step)
      },
      (thrown: unknown) => {
        release()
        reject(thrown)
      },
    )
  })
}
