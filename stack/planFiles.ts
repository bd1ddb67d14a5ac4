/** Files that the deploy writes, and what it runs after them. */
import { backupBeforeChange, backupSteps } from "./data/backups.ts";
import { removeMovedData } from "./data/planData.ts";
import { upgradeFiles, upgradeStep } from "./data/upgrades.ts";
import { hostFirewallFiles, hostFirewallSteps } from "./firewall/hostFirewall.ts";
import { authorizedKeys } from "./host/authorizedKeys.ts";
import { ENV_FILE, NGINX_CONF, SSL } from "./host/paths.ts";
import { certificateFiles, certificateSteps } from "./mail/certificates.ts";
import { mailGateFiles, mailGateSteps } from "./mail/mailGate.ts";
import { onboardingFiles, onboardingSteps } from "./mail/onboarding.ts";
import { removeOldImages } from "./mail/oldImages.ts";
import { nightlyFiles, nightlySteps } from "./mail/upgrades.ts";
import { renderNginxConf } from "./mail/nginxConf.ts";
import { planEnv } from "./mail/planEnv.ts";
import { processorStep } from "./mail/processor.ts";
import { wellKnownFiles } from "./mail/wellKnown.ts";
import type { Config } from "./model/config.ts";
import type { PlannedFile, PlannedImage, PlannedRecord, PlannedStep } from "./model/plan.ts";
import { selectServices } from "./services/activeServices.ts";
import { webNames } from "./services/webNames.ts";
import { slot, template } from "./values/slots.ts";

/** Plans every file. */
export function planFiles(config: Config): readonly PlannedFile[] {
  return [
    authorizedKeys(config),
    { role: "env", path: ENV_FILE, mode: "0600", content: planEnv(config) },
    {
      role: "nginx-conf",
      path: NGINX_CONF,
      mode: "0644",
      content: [renderNginxConf(selectServices(config), webNames(config.dns))],
    },
    { role: "dkim-key", path: `${SSL}/dkim.key`, mode: "0600", content: template`${slot("dkimPrivateKey")}` },
    ...certificateFiles(config),
    ...hostFirewallFiles(config),
    ...mailGateFiles(config),
    ...onboardingFiles(config),
    ...upgradeFiles(config),
    ...nightlyFiles(config),
    ...wellKnownFiles(config).map(({ role, path, text }) => ({ role, path, mode: "0644", content: [text] })),
  ];
}

/** Plans every step. Rules and certificate are there before the containers start. @param records of the same plan */
export function planSteps(
  config: Config,
  records: readonly PlannedRecord[],
  images: readonly PlannedImage[],
): readonly PlannedStep[] {
  const gate = config.onboarding === "by-hand" ? mailGateSteps([]) : [];
  const steps = [
    ...certificateSteps(config, records),
    processorStep(),
    ...hostFirewallSteps(),
    ...gate,
    ...backupBeforeChange(config, images),
  ];
  return [
    ...steps,
    upgradeStep(
      images,
      steps.map(({ role }) => role),
    ),
  ];
}

/**
 * Plans what comes after the containers. Where the deploy makes the aliases, the gate watches only from then on: with one
 * of them there it would open the port, and mail to the others would be refused for good.
 */
export function planLastSteps(config: Config, images: readonly PlannedImage[]): readonly PlannedStep[] {
  const onboarding = onboardingSteps(config);
  const gate = onboarding.length > 0 ? mailGateSteps(onboarding.map(({ role }) => role)) : [];
  return [
    ...onboarding,
    ...gate,
    ...backupSteps(config),
    ...nightlySteps(config),
    removeOldImages(images),
    ...removeMovedData(config),
  ];
}
