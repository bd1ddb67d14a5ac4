/**
 * Variables of Forward Email that no setting of ours touches.
 *
 * Names and values are facts of `.env.defaults` and `.env.schema` at forwardemail/forwardemail.net 01f100e (2026), with
 * what `self-hosting/setup.sh` at 03a0d7a (2026) adds; the files name no release, so their commits stand for it. For a name
 * that a file lacks the app takes the value of `.env.defaults`, which is made for upstream's own servers and holds public
 * secrets. So no name is left to that: each is here, in {@link planEnv}, or under {@link EXCLUDED}, and a test compares them
 * with upstream's.
 */

import { findPort } from "../services/table.ts";
import { mongoUri } from "../services/waitingMail.ts";

/**
 * Names that stay empty: services that a self-hosted server does not use, and limits that nobody is spared.
 *
 * `API_RATELIMIT_WHITELIST` names addresses without a limit. The router passes connections on, so that the app takes every
 * client for 127.0.0.1: that address in it, as upstream's file has it, would spare the whole Internet.
 */
export const UNSET = `
  API_RATELIMIT_WHITELIST
  IGNORED_SELF_TEST_DOMAINS APPLE_ID APPLE_ID_HASHED_PASSWORD DKIM_PRIVATE_KEY_VALUE MICROSOFT_BING_API_KEY
  TWILIO_ACCOUNT_SID TWILIO_AUTH_TOKEN TWILIO_FROM_NUMBER TWILIO_TO_NUMBER
  PAYPAL_WEBHOOK_ID PAYPAL_ENHANCED_PLAN_30D PAYPAL_ENHANCED_PLAN_60D PAYPAL_ENHANCED_PLAN_90D
  PAYPAL_ENHANCED_PLAN_180D PAYPAL_ENHANCED_PLAN_1Y PAYPAL_TEAM_PLAN_30D PAYPAL_TEAM_PLAN_60D PAYPAL_TEAM_PLAN_90D
  PAYPAL_TEAM_PLAN_180D PAYPAL_TEAM_PLAN_1Y PAYPAL_CLIENT_ID PAYPAL_SECRET PAYPAL_DEBUG PAYPAL_PAYER_IDS_BLOCKED
  PAYPAL_WEBHOOK_ID_LEGACY PAYPAL_ENHANCED_PLAN_30D_LEGACY PAYPAL_ENHANCED_PLAN_60D_LEGACY
  PAYPAL_ENHANCED_PLAN_90D_LEGACY PAYPAL_ENHANCED_PLAN_180D_LEGACY PAYPAL_ENHANCED_PLAN_1Y_LEGACY
  PAYPAL_TEAM_PLAN_30D_LEGACY PAYPAL_TEAM_PLAN_60D_LEGACY PAYPAL_TEAM_PLAN_90D_LEGACY PAYPAL_TEAM_PLAN_180D_LEGACY
  PAYPAL_TEAM_PLAN_1Y_LEGACY PAYPAL_CLIENT_ID_LEGACY PAYPAL_SECRET_LEGACY PAYPAL_DEBUG_LEGACY
  STRIPE_PUBLISHABLE_KEY STRIPE_SECRET_KEY STRIPE_ENDPOINT_SECRET RATELIMIT_ALLOWLIST
  PROXY_PORT PROXY_SSL_KEY_PATH PROXY_SSL_CERT_PATH PROXY_SSL_CA_PATH HTTP_PORT
  APPLE_CLIENT_ID APPLE_TEAM_ID APPLE_KEY_ID APPLE_KEY_PATH
  GOOGLE_CLIENT_ID GOOGLE_CLIENT_SECRET GOOGLE_APPLICATION_CREDENTIALS
  GITHUB_CLIENT_ID GITHUB_CLIENT_SECRET GITHUB_OCTOKIT_TOKEN
  MONGO_USER MONGO_PASS LOGS_MONGO_USER LOGS_MONGO_PASS JOURNALS_MONGO_USER JOURNALS_MONGO_PASS
  EMAILS_MONGO_USER EMAILS_MONGO_PASS CERTBOT_WELL_KNOWN_NAME CERTBOT_WELL_KNOWN_CONTENTS
  TURNSTILE_SECRET_KEY TURNSTILE_SITE_KEY HELPER_ENCRYPTION_KEY_LEGACY SMTP_TLS_MIN_VERSION SMTP_TLS_MAX_VERSION
  ALLOWLIST DENYLIST TRUTH_SOURCES AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_ENDPOINT_URL
  TTI_APPLE_IMAP_USER TTI_APPLE_IMAP_PASS TTI_APPLE_FORWARDER TTI_GMAIL_IMAP_USER TTI_GMAIL_IMAP_PASS
  TTI_GMAIL_FORWARDER TTI_OUTLOOK_IMAP_USER TTI_OUTLOOK_IMAP_PASS TTI_OUTLOOK_FORWARDER TTI_FASTMAIL_IMAP_USER
  TTI_FASTMAIL_IMAP_PASS TTI_FASTMAIL_FORWARDER TTI_YAHOO_IMAP_USER TTI_YAHOO_IMAP_PASS TTI_YAHOO_FORWARDER
  GPG_SECURITY_KEY GPG_SECURITY_PASSPHRASE LANCEDB_PATH FORWARD_EMAIL_ALIAS_USERNAME FORWARD_EMAIL_ALIAS_PASSWORD
`
  .trim()
  .split(/\s+/);

/** Names of upstream's that are in no `.env` of ours, each with the reason. */
export const EXCLUDED: readonly { readonly names: RegExp; readonly reason: string }[] = [
  {
    names: /^MAIL_/,
    reason:
      "for the deployment of upstream's own webmail host, which the self-hosted stack has not; `.env.schema` asks for none",
  },
  {
    names: /^BACKUP_BUCKET$/,
    reason:
      "for upstream's own backup scripts, which are not run; setup.sh writes it only when they are switched on",
  },
];

/** Parts of the app with a connection to Redis of their own. */
const REDIS_USERS = ["WEB", "API", "BREE", "MANDARIN", "IMAP", "POP3", "CALDAV", "CARDDAV"];

function redisVariables(prefix: string): [string, string][] {
  return [
    [`${prefix}REDIS_TLS`, "false"],
    [`${prefix}REDIS_USERNAME`, ""],
    [`${prefix}REDIS_PORT`, String(findPort("redis"))],
    [`${prefix}REDIS_HOST`, "127.0.0.1"],
    [`${prefix}REDIS_PASSWORD`, ""],
  ];
}

/** Databases in Mongo: prefix of the variables → name. */
const DATABASES: readonly [string, string][] = [
  ["", "forwardemail_production"],
  ["LOGS_", "forwardemail_logs_production"],
  ["JOURNALS_", "forwardemail_journals_production"],
  ["EMAILS_", "forwardemail_emails_production"],
];

function mongoVariables([prefix, name]: [string, string]): [string, string][] {
  return [
    [`${prefix}MONGO_HOST`, "127.0.0.1"],
    [`${prefix}MONGO_PORT`, String(findPort("mongodb"))],
    [`${prefix}MONGO_NAME`, name],
    [`${prefix}MONGO_URI`, mongoUri(name)],
  ];
}

/** Values that stay as upstream has them, or that a self-hosted server always has. */
export const FIXED: readonly [string, string][] = [
  ["NODE_ENV", "production"],
  ["SELF_HOSTED", "true"],
  ["HTTP_PROTOCOL", "https"],
  ["SEND_EMAIL", "true"],
  ["PREVIEW_EMAIL", "false"],
  // Upstream turns this on, and then whole conversations are in the logs.
  ["TRANSPORT_DEBUG", "false"],
  ["TURNSTILE_ENABLED", "false"],
  ["ENABLE_MONITOR_SERVER", "false"],
  ["CACHE_RESPONSES", "true"],
  ["LOGS_HOST", "127.0.0.1"],
  ["APP_COLOR", "#20C1ED"],
  ["AXE_SHOW_STACK", "true"],
  ["AXE_SILENT", "false"],
  ["AXE_SHOW_META", "true"],
  ["AXE_APP_INFO", "true"],
  ["AXE_OMIT_META_FIELDS", "app.os,app.cluster,app.worker_threads,app.pid,app.version"],
  ["SUPPORT_REQUEST_MAX_LENGTH", "5000"],
  ["I18N_SYNC_FILES", "false"],
  ["I18N_AUTO_RELOAD", "false"],
  ["I18N_UPDATE_FILES", "false"],
  ["AUTH_BASIC_ENABLED", "true"],
  ["AUTH_LOCAL_ENABLED", "true"],
  ["AUTH_APPLE_ENABLED", "false"],
  ["AUTH_GOOGLE_ENABLED", "false"],
  ["AUTH_GITHUB_ENABLED", "false"],
  ["AUTH_OTP_ENABLED", "false"],
  ["AUTH_WEBAUTHN_ENABLED", "true"],
  ["AUTH_UBUNTU_ENABLED", "false"],
  ["SQLITE_RCLONE_ENABLED", "false"],
  ["SQLITE_FTS5_ENABLED", "false"],
  ...DATABASES.flatMap(mongoVariables),
  ...redisVariables(""),
  ...REDIS_USERS.flatMap((user) => redisVariables(`${user}_`)),
  ["WEB_REDIS_MAX_RETRY_LOADING_TIME", "1000"],
  ["VERIFICATION_PIN_TIMEOUT_MS", "1d"],
  ["VERIFICATION_PIN_EMAIL_INTERVAL_MS", "5m"],
  ["RESET_TOKEN_TIMEOUT_MS", "30m"],
  ["CHANGE_EMAIL_TOKEN_TIMEOUT_MS", "30m"],
  ["CHANGE_EMAIL_LIMIT_MS", "30m"],
  ["VANITY_DOMAINS", "mailsire.com,hideaddress.net,secret.fyi,hash.fyi"],
  ["TXT_RECORD_PREFIX", "forward-email"],
  ["MAX_FORWARDED_ADDRESSES", "10"],
  ["API_RESTRICTED_SYMBOL", "API_RESTRICTED_SYMBOL"],
  ["SMTP_ALLOW_INSECURE_AUTH", "false"],
  ["SMTP_TRANSPORT_PORT", String(findPort("smtp"))],
  ["SMTP_TRANSPORT_SECURE", "true"],
  ["SMTP_MESSAGE_MAX_SIZE", "50MB"],
  ["MAX_RECIPIENTS", "50"],
  ["BREE_HOST", "localhost"],
  ["EMAIL_RETENTION", "30d"],
  ["LOG_RETENTION", "7d"],
  ["AWS_REGION", "auto"],
  ["OLLAMA_HOST", "http://localhost:11434"],
  ["OLLAMA_MODEL", "qwen2.5-coder:7b-instruct-q4_K_M"],
  ["OLLAMA_EMBEDDING_MODEL", "mxbai-embed-large"],
  ["OLLAMA_TEMPERATURE", "0.7"],
  ["OLLAMA_MAX_TOKENS", "2000"],
  ["CUSTOMER_SUPPORT_AI_INBOX_LIMIT", "100"],
  ["HISTORY_SCAN_LIMIT", "1000"],
  ["HISTORY_SCAN_SINCE", "2023-01-01"],
  ["HISTORY_DECRYPT_PGP", "true"],
  ["INBOX_ZERO", "false"],
];
