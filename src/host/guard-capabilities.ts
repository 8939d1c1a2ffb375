import {
  type Cache,
  type Capabilities,
  type Detector,
  GatewayError,
  type Guardrail,
  isObject,
  type Notifier,
  type Search,
  type Sink,
  type Strategy,
  type Transform,
} from "../contract/index.ts"
import type { Guard } from "./guard.ts"
import { guardDefinition } from "./guard-provider.ts"

/** Capabilities of one instance with every hook guarded. */
export function guardCapabilities(guard: Guard, given: Capabilities, signal: AbortSignal): Required<Capabilities> {
  return {
    providers: (given.providers ?? []).map((definition) => guardDefinition(guard, definition, signal)),
    guardrails: (given.guardrails ?? []).map((guardrail) => guardGuardrail(guard, guardrail)),
    caches: (given.caches ?? []).map((cache) => guardCache(guard, cache)),
    strategies: (given.strategies ?? []).map((strategy) => guardStrategy(guard, strategy)),
    transforms: (given.transforms ?? []).map((transform) => guardTransform(guard, transform)),
    sinks: (given.sinks ?? []).map((sink) => guardSink(guard, sink)),
    searches: (given.searches ?? []).map((search) => guardSearch(guard, search)),
    notifiers: (given.notifiers ?? []).map((notifier) => guardNotifier(guard, notifier)),
    detectors: (given.detectors ?? []).map((detector) => guardDetector(guard, detector)),
  }
}

function guardGuardrail(guard: Guard, guardrail: Guardrail): Guardrail {
  const breaker = guard.breaker(`guardrail ${guardrail.name}.detect`)
  return {
    name: guardrail.name,
    stages: guardrail.stages,
    window: guardrail.window,
    ...(guardrail.action ? { action: guardrail.action } : {}),
    detect: (text, call) =>
      guard.call(breaker, () => {
        const found = guardrail.detect(text, call)
        return found instanceof Promise ? found.then((list) => checkList(list)) : checkList(found)
      }),
  }
}

function guardDetector(guard: Guard, detector: Detector): Detector {
  const breaker = guard.breaker(`detector ${detector.name}.detect`)
  return {
    name: detector.name,
    label: detector.label,
    detect: (text, call, options) =>
      guard.call(breaker, () => {
        const found = detector.detect(text, call, options)
        return found instanceof Promise ? found.then((list) => checkList(list)) : checkList(found)
      }),
  }
}

function guardCache(guard: Guard, cache: Cache): Cache {
  const lookup = guard.breaker(`cache ${cache.name}.lookup`)
  const store = guard.breaker(`cache ${cache.name}.store`)
  const purge = guard.breaker(`cache ${cache.name}.purge`)
  const stats = guard.breaker(`cache ${cache.name}.stats`)
  return {
    name: cache.name,
    ...(cache.match ? { match: cache.match } : {}),
    lookup: async (query) => guard.call(lookup, () => cache.lookup(query)),
    store: async (query, entry) => guard.call(store, () => cache.store(query, entry)),
    ...(cache.purge ? { purge: async (which) => guard.call(purge, () => cache.purge!(which)) } : {}),
    ...(cache.stats ? { stats: async () => guard.call(stats, () => cache.stats!()) } : {}),
  }
}

function guardStrategy(guard: Guard, strategy: Strategy): Strategy {
  const breaker = guard.breaker(`strategy ${strategy.name}.order`)
  return {
    name: strategy.name,
    order(candidates, call) {
      const running = guard.begin(breaker)
      try {
        const ordered = checkList(strategy.order(candidates, call))
        running.passed()
        return ordered
      } catch (thrown) {
        throw running.failed(thrown)
      }
    },
  }
}

function guardTransform(guard: Guard, transform: Transform): Transform {
  const breaker = guard.breaker(`transform ${transform.name}.apply`)
  return { name: transform.name, apply: (request, call) => guard.call(breaker, () => transform.apply(request, call)) }
}

function guardSink(guard: Guard, sink: Sink): Sink {
  const breaker = guard.breaker(`sink ${sink.name}.write`)
  return { name: sink.name, write: async (events) => guard.call(breaker, () => sink.write(events)) }
}

function guardSearch(guard: Guard, search: Search): Search {
  const breaker = guard.breaker(`search ${search.name}.search`)
  return {
    name: search.name,
    search: async (query, call) =>
      guard.call(breaker, async () => {
        try {
          return checkList(await search.search(query, call))
        } catch (thrown) {
          // Not the plugin's fault: the client left.
          throw call.signal.aborted ? new GatewayError("client_closed", "The client closed the connection.") : thrown
        }
      }),
  }
}

function guardNotifier(guard: Guard, notifier: Notifier): Notifier {
  const breaker = guard.breaker(`notifier ${notifier.name}.message`)
  return {
    name: notifier.name,
    message(alert) {
      const running = guard.begin(breaker)
      try {
        const message = notifier.message(alert)
        if (!isObject(message) || !isObject(message.body)) throw new TypeError("gave no message")
        running.passed()
        return message
      } catch (thrown) {
        throw running.failed(thrown)
      }
    },
  }
}

/** Plain JavaScript plugins may give anything; a guardrail that answers nothing must not count as "nothing found". */
function checkList<T>(list: readonly T[]): readonly T[] {
  if (!Array.isArray(list)) throw new TypeError("gave no list")
  return list
}
