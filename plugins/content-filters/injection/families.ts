/**
 * Up to so many words between two that matter. An apostrophe is never between them: if it could be both, a row of them would be read in more
 * ways than can be tried.
 */
const words = (most: number): string => `(?:[^\\w']{1,3}[\\w']{1,20}){0,${most}}?\\W{1,3}`

const orders = "(?:instructions?|prompts?|rules?|directions?|guidelines?|commands?|directives?|programming)"
const modes = "(?:developer|dev|admin|administrator|debug|god|root|sudo|maintenance|unrestricted)"
const limits = "(?:restrictions?|rules|limits?|limitations?|filters?|guidelines?|censorship|ethics)"

const families: Readonly<Record<string, string>> = {
  "instruction override": `\\b(?:ignore|disregard|forget|bypass|override|neglect)${words(3)}(?:previous|prior|above|earlier|preceding|existing|all|any|your|the|these|those|system|initial|original)${words(3)}${orders}\\b`,
  "developer or admin mode": `\\b(?:enter|enable|activate|switch|switched|engage|start|turn on|now in|you are in)${words(4)}${modes}\\W{1,3}mode\\b|\\b${modes}\\W{1,3}mode\\W{1,3}(?:enabled|activated|engaged|on)\\b`,
  "system override": `\\bsystem\\W{1,3}(?:override|bypass|overwrite)\\b|\\boverride${words(2)}system\\b`,
  "prompt extraction": `\\b(?:reveal|show|print|repeat|output|display|leak|expose|tell me|give me|what is|what are|what were)${words(4)}(?:system|hidden|initial|original|secret|internal|developer)\\W{1,3}(?:prompts?|instructions?|messages?|rules)\\b`,
  "role manipulation": `\\b(?:you are now|from now on|pretend|act as|roleplay as|role-play as|behave as|imagine you are)${words(8)}(?:unrestricted|unfiltered|uncensored|jailbroken|amoral|without${words(2)}${limits}|no\\W{1,3}${limits}|not\\W{1,3}bound|free (?:of|from)${words(2)}${limits})\\b`,
  "do anything now":
    "\\bdo anything now\\b|\\bdan\\W{1,3}(?:mode|prompt)\\b|\\b(?:you are|act as|become|be)\\W{1,3}(?:now\\W{1,3})?dan\\b|\\bjailbreak\\W{1,3}mode\\b",
  "safety bypass": `\\b(?:bypass|disable|deactivate|turn off|circumvent|evade|ignore|remove|override|switch off)${words(3)}(?:safety|content|security|ethical|ethics|moderation|alignment)\\W{1,3}(?:filters?|guidelines?|measures?|protocols?|restrictions?|policy|policies|checks?|controls?|systems?|rules)\\b`,
  "spoofed roles":
    "</?(?:system|assistant|developer|instructions?|admin)>|\\[/?(?:system|assistant|developer|admin)(?: message| prompt)?\\]|(?:^|\\n)[ \\t#>*]{0,8}(?:system|developer)(?: (?:message|prompt|instructions?))?\\*{0,2}[ \\t]{0,3}:",
  "control tokens":
    "<\\|(?:im_start|im_end|im_sep|endoftext|endofprompt|system|user|assistant|end|eot_id|start_header_id|end_header_id|begin_of_text|end_of_turn|start_of_turn)\\|>|<</?sys>>|\\[/?inst\\]|<(?:start|end)_of_turn>",
}

/** What people write to talk a model out of its instructions, family by family; in lower case. */
export const patterns: readonly (readonly [family: string, pattern: RegExp])[] = Object.entries(families).map(
  ([family, source]) => [family, new RegExp(source, "g")],
)
