/** Upstream's `config`: what others ask of it. */
import { variables } from "./env.ts";

const config = {
  isSelfHosted: variables["SELF_HOSTED"] === "true",
  /** What the fields of an account are called in the database. */
  userFields: {
    hasVerifiedEmail: "has_verified_email",
    hasSetPassword: "has_set_password",
    isBanned: "is_banned",
    planExpiresAt: "plan_expires_at",
    welcomeEmailSentAt: "welcome_email_sent_at",
    apiToken: "api_token",
    otpToken: "otp_token",
    otpEnabled: "otp_enabled",
    otpRecoveryKeys: "otp_recovery_keys",
    verificationPin: "verification_pin",
  },
  lastLocaleField: "last_locale",
  /** Milliseconds after its date until a message is given up. */
  maxRetryDuration: 5 * 24 * 3600 * 1000,
} as const;

export { config as "module.exports", config as default };
