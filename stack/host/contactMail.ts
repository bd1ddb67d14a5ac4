/** The script by which others send a mail from the host. */
import type { PlannedFile } from "../model/plan.ts";
import { script } from "./files.ts";

/** With backups it comes with them, as they may be wanted before all else. */
export const CONTACT_MAIL: PlannedFile = script("contact-mail-script", "contact-mail.sh");
