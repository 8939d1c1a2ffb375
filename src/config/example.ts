/** The name of the schema file that `init` writes beside the configuration. */
export const schemaFileName = "signalbox.schema.json"

/**
 * What `signalbox init` writes. `# ` begins a remark, `#` directly before a name a setting that is switched off: taking the
 * `#` away switches it on. Every setting there is appears here; a test compares this text with the schema.
 */
export const exampleConfig = `# yaml-language-server: $schema=./${schemaFileName}
#
# Configuration of signalbox. Changes are taken over while it runs: all of a change or, if it has a mistake, nothing.
# Try it with:  signalbox check
# \${NAME}, \${NAME:-default} and \${file:/path} are filled in anywhere in a value; $\${ is a plain \${.

server:
  host: 127.0.0.1
  port: 8080
  # How clients reach the gateway when it is not at host:port, for example behind a proxy.
  #public_url: https://llm.example.com
  # Seconds that streams may go on after SIGTERM.
  #shutdown_seconds: 30
  # Seconds after which an event loop that stands still ends the process, for the service manager to start it anew; 0 = off.
  #watchdog_seconds: 30
  # What comes by these addresses and names stays in a region: other models are refused, or left out where strict is false.
  #listeners: [ { host: 127.0.0.1, port: 8081, region: eu, strict: true } ]
  #hosts: [ { name: eu.llm.example.com, region: eu, strict: false } ]

# Database, spilled rows, runtime files. Relative to this file.
data_dir: ./data

# A libSQL server instead of a file in data_dir.
#store:
  #url: libsql://database.example.com
  #auth_token: \${LIBSQL_TOKEN}

# The key for management. Without it one is made at the first start and shown once.
#admin_key: \${SIGNALBOX_ADMIN_KEY}

# All that use this gateway, together. Members, groups and service accounts are made through the API.
#organisation:
  #name: Example Ltd
  # USD that all keys together may spend per window.
  #limit: 5000
  #limit_reset: monthly
  # USD a month of members that have no limit of their own.
  #member_limit: 50
  # Models that nobody knows a price of, for keys with a limit: refuse, or allow as if they were free.
  #unpriced: refuse
  # unlimited, or prepaid: no more is spent than what was paid in.
  #credits: unlimited

# Of all requests together, and of each key, member, group and model. What they have of their own goes before this.
#rate_limits:
  #requests_per_minute: 6000
  #tokens_per_minute: 20000000
  #concurrency: 500
  #key: { requests_per_minute: 600, tokens_per_minute: 2000000, concurrency: 50 }
  #member: { requests_per_minute: 600, tokens_per_minute: 2000000, concurrency: 50 }
  #group: { requests_per_minute: 2000, tokens_per_minute: 8000000, concurrency: 200 }
  #models:
    #- models: [ "openai/gpt-5*" ]
      # organisation: over all keys; key: for each.
      #per: organisation
      #requests_per_minute: 1000
      #tokens_per_minute: 4000000
      #concurrency: 100

# Messages about spending; more are made through the API.
#alerts:
  #destinations:
    # slack, teams, webhook, or a plugin's.
    #- name: finance
      #notifier: webhook
      #url: https://hooks.example.com/spending
      #secret: \${ALERT_SECRET}
  #rules:
    # key, member, group, service-account, project or organisation; of one of them, or of each.
    #- name: keys
      #on: key
      #target: 2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae
      # Per cent of the limit, and USD spent in the window (daily, weekly, monthly or total).
      #percents: [ 50, 80, 100 ]
      #usd: [ 100 ]
      #window: monthly
      #destinations: [ finance ]
    #- name: credits
      #on: organisation
      #balance_usd: [ 50 ]
      #destinations: [ finance ]

# Prompts and answers, for the log. Off by default; each key may say otherwise.
#bodies:
  #store: false
  #retention_days: 30
  #quota_bytes: 10737418240
  #body_bytes: 1048576
  # Encrypts them at rest. Keep it: without it they are lost.
  #encryption_key: \${BODIES_KEY}

# Where applications that ask for a key through the browser may be sent with it.
#sign_in:
  #callback_schemes: [ vscode, cursor, "http://127.0.0.1" ]

# Credentials for upstreams that others bring with a request (X-Provider-API-Keys: {"openai":"sk-..."}). Those that are
# brought by the API, at /api/v1/byok, need no switch.
#byok:
  #per_request: false

# Encrypts credentials that come by the API. Without it one is made in data_dir/seal.key.
#seal_key: \${SEAL_KEY}

# Inference keys that belong to this file. Others are made with: signalbox keys create
#keys:
  #- name: dev
    #key: \${DEV_KEY}
    # USD per window; daily, weekly, monthly (UTC) or never.
    #limit: 10
    #limit_reset: monthly
    #requests_per_minute: 60
    #tokens_per_minute: 200000
    #concurrency: 10
    #labels: { team: search }
    # Keep its prompts and answers.
    #store_bodies: true
    #expires_at: 2030-01-31T00:00:00Z
    #disabled: false
    # Refuse requests that would lose something in translation.
    #strict: false
    # What it may use, and how its requests are routed when they do not say.
    #models: [ "openai/*", anthropic/claude-sonnet-4.5 ]
    #default_model: policy/cheap-then-good
    #provider: { data_collection: deny }
    #cache: false
    #stream_recovery: error
    # Higher goes first where requests wait for a busy upstream.
    #priority: 0

# For requests that name no model.
#default_model: openai/gpt-4o-mini

# Upstreams, in order of preference. Without this list every provider whose usual environment variable is set
# (OPENAI_API_KEY, ANTHROPIC_API_KEY, GEMINI_API_KEY ...) serves, and mock/echo for a first try.
#providers:
  #- id: openai
    #api_key: \${OPENAI_API_KEY}
  #- id: anthropic
    #api_key: \${ANTHROPIC_API_KEY}
  #- id: local
    #plugin: openai-compatible
    #enabled: true
    #name: Our own GPU
    #base_url: http://127.0.0.1:8000/v1
    #headers: { x-team: platform }
    #options: {}
    #region: eu
    #zdr: true
    #data_collection: deny
    #quantization: fp8
    # Several keys instead of api_key: taken in turn, and one that is refused or exhausted is left alone.
    #api_keys: [ "\${LOCAL_KEY_1}", "\${LOCAL_KEY_2}" ]
    # Requests at once; more wait.
    #concurrency: 8
    #queue: 100
    #queue_seconds: 30
    # For the list of providers.
    #headquarters: DE
    #datacenters: [ DE, FR ]
    #privacy_policy_url: https://example.com/privacy
    #terms_of_service_url: https://example.com/terms
    #status_page_url: https://status.example.com
    # Seconds per attempt, for this provider only.
    #timeouts: { connect: 10, first_part: 60, idle: 60, total: 600 }
    # Without this list every name after the slug is sent on: local/anything.
    #models:
      #- id: meta-llama/llama-3.1-8b-instruct
        #upstream: llama-3.1-8b
        # chat, embeddings, rerank, images, speech or transcription.
        #kind: chat
        #name: Llama 3.1 8B
        #description: Small and quick.
        #context: 131072
        #max_output: 8192
        #tools: true
        #vision: false
        #pdf: false
        #audio: false
        #reasoning: false
        #structured_output: true
        #prompt_cache: false
        # The same weights at every provider; what is left out is taken from public facts.
        #canonical: meta-llama/llama-3.1-8b-instruct
        #max_input: 120000
        #input: [ text ]
        #output: [ text ]
        #parameters: [ temperature, top_p, max_tokens, tools ]
        #efforts: [ low, medium, high ]
        #quantization: fp8
        #released: 2024-07-23
        #knowledge: 2023-12
        #shutdown: 2030-01-31
        #distillable: true
        #tags: [ small ]
        # USD per million tokens; wins over every other source of prices.
        #price:
          #input: 0.05
          #output: 0.08
          #cache_read: 0.01
          #cache_write: 0.06
          #cache_write_1h: 0.1
          #audio_input: 1
          #audio_output: 2
          #image_input: 0.5
          #image_output: 1
          #reasoning: 0.08
          # USD per request, on top.
          #request: 0
          # USD per piece: images, searches, characters (speech), seconds (transcription), webSearch.
          #per_unit: { webSearch: 0.01, webFetch: 0, images: 0.04, searches: 0.002, characters: 0.000015, seconds: 0.0001 }
          #tiers:
            #- { above: 65536, input: 0.1, output: 0.16 }

# Files and folders in dir are plugins; they come and go while the gateway runs.
#plugins:
  #dir: ./plugins
  # Options per plugin, and the order of transforms, guardrails and searches.
  #use:
    #- name: my-guardrail
      #enabled: true
      #options: { action: mask }
      #secrets: { api: "\${MY_GUARDRAIL_KEY}" }
  #hook_seconds: 30
  #failures: 10
  #retry_seconds: 30
  #drain_seconds: 600

# Other names for models.
#aliases:
  #coding/claude-4-sonnet: anthropic/claude-sonnet-4

# Names that stand for several models. Each is one of fallback (in this order), balance (one drawn by weight), latency (the fastest of
# late first) and cost (the cheapest for this request first); a step may be another policy.
#policies:
  #policy/cheap-then-good:
    #fallback:
      #- { model: openai/gpt-4o-mini, retries: 1, provider: { sort: price } }
      #- { model: anthropic/claude-sonnet-4 }
    # Start a second attempt when nothing has come by then; both are billed.
    #hedge_seconds: 5
    # When an answer breaks off, another upstream goes on with it.
    #stream_recovery: continue
    #provider: { zdr: true }
    #description: Cheap where it will do.
  #policy/canary:
    #balance:
      #- { model: policy/cheap-then-good, weight: 95 }
      #- { model: openai/gpt-5-mini, weight: 5 }
    # What is drawn once and then kept: trace, session, user or none.
    #sticky: session
    # Go on to the other steps when the drawn one fails.
    #others: true
  #policy/quick:
    #latency: [ { model: openai/gpt-4o-mini }, { model: google/gemini-2.5-flash } ]
    # Share of requests that try another step first.
    #explore: 0.05
  #policy/cheapest:
    #cost: [ { model: openai/gpt-4o-mini }, { model: google/gemini-2.5-flash } ]

# What is laid under a request that names "@preset/SLUG"; what the request says wins.
#presets:
  #support:
    #name: Support desk
    #description: Friendly and short.
    #system: You answer customers.
    #parameters: { model: openai/gpt-4o-mini, temperature: 0.2, max_tokens: 800 }

# How upstreams are chosen when neither request nor key says.
#routing:
  #provider: { data_collection: deny, ignore: [ slowpoke ] }
  # A conversation that pauses no longer than this stays at the upstream that has its prompt cached; 0 = not.
  #sticky_seconds: 600
  #stream_recovery: error
  # claude-sonnet-4-5, gpt-5@eu, coding/claude-4-sonnet lead to whoever has the model.
  #managed: true
  # What openrouter/auto may choose from.
  #auto: { models: [ "openai/*", "anthropic/*" ], exclude: [ "*/*-preview" ] }

# Which models may be used: all, listed, or what is listed and what fits one of the rules.
#approved_models:
  #mode: rules
  #models: [ openai/gpt-4o-mini ]
  #rules:
    #- { authors: [ anthropic ], regions: [ eu ], max_price: { input: 5, output: 25 } }
    #- { models: [ "meta-llama/*" ], providers: [ local ], zdr: true, data_collection: deny, kinds: [ chat ], tags: [ small ] }

# What is publicly known of models: limits, prices, dates.
#catalog:
  #refresh_hours: 24
  #url: https://models.dev/api.json
  # Ask upstreams for their lists of models as well.
  #upstream_lists: true
  # Fetch nothing: what is built in and what was kept.
  #air_gapped: false

# Answers that are remembered, when neither request nor key says.
#cache:
  #enabled: false
  #ttl_seconds: 300
  # Who may be given one: the same key, or the whole organisation.
  #share: key
  # Equal requests at the same time share one call.
  #coalesce: false

# The strategy plugin that orders the providers of one model. Without it: the order above.
#strategy: price

# Seconds per attempt.
#timeouts: { connect: 30, first_part: 300, idle: 120, total: 1800 }

#retries:
  #same_upstream: 1
  #backoff_ms: 250
  #max_wait_ms: 2000

# An upstream that fails so often in a row is left alone for a while.
#cooldown: { failures: 1, seconds: 15 }

#limits:
  #body_bytes: 33554432
  #body_seconds: 60
  #reply_bytes: 67108864

# Files that a request names by their address (images, PDF), where the upstream does not fetch them itself.
#egress:
  # Networks of your own that may be called, also over plain http.
  #allow: [ 10.20.0.0/16 ]
  #bytes: 33554432
  #seconds: 20

# Answers of /responses that are kept for previous_response_id and GET.
#responses: { retention_days: 30 }

#ledger:
  # strict: the end of an answer waits until its row is on the disk.
  #durability: relaxed
  #flush_ms: 20
  #queue_rows: 50000
  # Requests that are older leave ledger and log; sums of usage stay.
  #retention_days: 365

#log:
  #level: info
  #format: json

# List models without a key.
#models: { public: true }

#compat:
  #requesty:
    # Prices in /v1/models per token or per million tokens.
    #price_unit: token
`
