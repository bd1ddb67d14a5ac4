/** The one book of rules: what the plan, preflight, the preview, the audit and the reference page are made from. */
import { ADDRESS_RULES } from "./addresses.ts";
import { CAA_RULES } from "./caaRules.ts";
import { DKIM_RULES } from "./dkim.ts";
import { DMARC_RULES } from "./dmarc.ts";
import { MAIL_HOST_RULES } from "./mailHosts.ts";
import { MAIL_NAME_RULES } from "./mailNames.ts";
import { NAME_RULES } from "./names.ts";
import { PROVIDER_RULES } from "./providers.ts";
import type { Rule } from "./rule.ts";
import { CLASH_RULES } from "./sets.ts";
import { SPF_RULES } from "./spf.ts";
import { SPF_LOOK_UP_RULES } from "./spfLookUps.ts";
import { TARGET_RULES } from "./targets.ts";
import { TEXT_RULES } from "./texts.ts";
import { TLSA_RULES } from "./tlsa.ts";
import { TRANSPORT_RULES } from "./transport.ts";
import { WHOLE_SET_RULES } from "./wholeSets.ts";
import { WILDCARD_RULES } from "./wildcardRules.ts";

/** Every rule, in the order in which faults of one record are told. */
export const RULES: readonly Rule[] = [
  ...CLASH_RULES,
  ...NAME_RULES,
  ...TARGET_RULES,
  ...ADDRESS_RULES,
  ...MAIL_HOST_RULES,
  ...TEXT_RULES,
  ...SPF_RULES,
  ...SPF_LOOK_UP_RULES,
  ...DKIM_RULES,
  ...DMARC_RULES,
  ...TRANSPORT_RULES,
  ...CAA_RULES,
  ...TLSA_RULES,
  ...WILDCARD_RULES,
  ...MAIL_NAME_RULES,
  ...WHOLE_SET_RULES,
  ...PROVIDER_RULES,
];
