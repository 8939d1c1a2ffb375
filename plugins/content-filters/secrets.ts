import { patternDetector } from "./find.ts"

const before = "(?<![\\w-])"
const after = "(?![\\w-])"
const token = (body: string): readonly [RegExp] => [new RegExp(`${before}(?:${body})${after}`, "g")]

/** Credentials by the form that their makers gave them so that they can be found, and what is written as somebody's secret. */
export const secrets = patternDetector("secrets", "SECRETS", [
  // Keys of model vendors and of gateways like this one.
  token(
    "sk-[\\w-]{16,200}|sb-[\\w-]{20,200}|hf_\\w{20,100}|AIza[\\w-]{35}|gsk_\\w{20,100}|xai-\\w{20,120}|rqsty-[\\w-]{16,200}",
  ),
  // Clouds.
  token("(?:AKIA|ASIA)[A-Z0-9]{16}|ya29\\.[\\w-]{20,400}|dop_v1_[a-f0-9]{64}|AccountKey=[\\w+/]{40,120}={0,2}"),
  // Places where code is kept and packages are taken from.
  token("gh[pousr]_\\w{20,255}|github_pat_\\w{20,255}|glpat-[\\w-]{20,100}|npm_\\w{30,60}|pypi-[\\w-]{50,400}"),
  // Money, mail and messages.
  token(
    "[sr]k_(?:live|test)_\\w{16,120}|whsec_\\w{20,100}|SG\\.[\\w-]{16,40}\\.[\\w-]{30,60}|xox[abeoprs]-[\\w-]{10,200}",
  ),
  // JSON Web Tokens.
  token("eyJ[\\w-]{8,2000}\\.eyJ[\\w-]{8,4000}\\.[\\w-]{8,1000}"),
  [
    /-----BEGIN (?:[A-Z]{1,20} ){0,3}PRIVATE KEY-----(?:[A-Za-z0-9+/=\s:,]|-(?!----)){0,16384}-----END (?:[A-Z]{1,20} ){0,3}PRIVATE KEY-----/g,
  ],
  // An address with a password in it.
  [/(?<![\w+.-])[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:/@]{1,100}:[^\s:/@]{3,200}@(?=[\w.-])/gi],
  [
    /(?<!\w)(?:api[_-]?key|api[_-]?token|access[_-]?token|auth[_-]?token|client[_-]?secret|secret[_-]?key|passw(?:or)?d)["']?\s{0,3}[:=]\s{0,3}["']?[\w+/.~!@#$%^&*-]{8,200}={0,2}/gi,
  ],
])
