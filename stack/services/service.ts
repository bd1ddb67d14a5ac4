/** One container of the stack as a row of data. What follows from a row is derived where it is needed. */
import type { Plan, PlannedImage, RecordLevel } from "../model/plan.ts";

/** How a port shows that it serves: it takes a connection, speaks TLS, or answers a request for this path. */
export type Answer = "tcp" | "tls" | { readonly https: string };

/** An SRV record for the service over TLS, and one that says that it is not offered without (RFC 2782, RFC 6186). */
export interface ServiceSrv {
  /** Name without TLS; with TLS it has an `s` at its end: `imap`, `imaps`. */
  readonly name: string;
  readonly purpose: string;
  readonly denied: string;
}

/** A port that a container listens on. */
export interface Listener {
  readonly port: number;
  /** Absent where the image has one health check for whatever it runs. */
  readonly answers?: Answer;
  /** Everyone may reach the port; absent: the host alone. */
  readonly opens?: {
    /** Purpose of the firewall's rule. */
    readonly purpose: string;
    /** A server that does not know the domain yet refuses its mail for good: until then nobody may reach the port. */
    readonly waitsForDomain?: true;
  };
  /** A web server that everyone reaches through the router on port 443, by its host name. */
  readonly behindRouter?: true;
  readonly srv?: ServiceSrv;
  /** Mail programs are set up with it. */
  readonly client?: {
    readonly protocol: Plan["clients"][number]["service"];
    /** Direction of the mail, as the mail program sees it. */
    readonly direction: "incoming" | "outgoing";
  };
}

interface Row {
  /** Name of the container, as upstream's compose file has it. */
  readonly name: string;
  /** First label of the host name that it bears, empty for the domain itself; absent: it bears the host's. */
  readonly label?: string;
  /** The alias of the domain that leads to it. The host of the MX has records of its own (`dns/addresses.ts`). */
  readonly alias?: { readonly purpose: string; readonly level: RecordLevel };
  /** Other containers talk to it by its host name. */
  readonly calledByOthers?: true;
  /** Is there only with mailboxes, or while a web name is switched on that it serves (`webNames.ts`). */
  readonly onlyWith?: "mailboxes" | "web-names";
  /** Absent: a job, which serves nobody. */
  readonly listens?: Listener;
  /** Names of the containers that must be healthy before. */
  readonly startsAfter: readonly string[];
}

/** A process of Forward Email. */
export interface AppService extends Row {
  readonly image: "app";
  /** File that Node runs. */
  readonly script: string;
  /** Reads and writes the mailboxes. */
  readonly mailboxes?: true;
  /** Works the outbound queue off: it waits until that of a restored snapshot is held. */
  readonly sendsQueue?: true;
}

/** An nginx: `stream` passes TLS through untouched, `http` serves files over TLS of its own. */
export interface NginxService extends Row {
  readonly image: "nginx";
  readonly block: "stream" | "http";
}

export interface DatabaseService extends Row {
  readonly image: Exclude<PlannedImage["role"], "app" | "nginx">;
}

export type Service = AppService | NginxService | DatabaseService;
