/** What the engine's events say of a drill: how far it is, and why it failed. */
import { isServer } from "../../stack/vendors/cloudThings.ts";
import type { DrillPart } from "../../verify/model/drill.ts";
import type { EngineEvent } from "./runEngine.ts";

/** The resource at whose end a part is over, by its logical name. */
const LAST_OF_PART: Readonly<Record<string, DrillPart>> = { ready: "packages", "step-restored": "restore" };
const CONTAINER = "docker:index/container:Container";

function nameOf(urn: string): string {
  return urn.split("::").at(-1) ?? "";
}

/** Follows one run. */
export class Milestones {
  readonly #began: number;
  readonly #containers: number;
  readonly #reached: (part: DrillPart, seconds: number) => void;
  readonly #parts: Partial<Record<DrillPart, number>> = {};
  readonly #reasons: string[] = [];
  #started = 0;
  #last: number;

  /**
   * @param began moment in milliseconds.
   * @param containers how many there will be.
   * @param reached is told of each part when it is over, with the seconds since the beginning.
   */
  constructor(began: number, containers: number, reached: (part: DrillPart, seconds: number) => void) {
    this.#began = this.#last = began;
    this.#containers = containers;
    this.#reached = reached;
  }

  hear({ resOutputsEvent, diagnosticEvent }: EngineEvent): void {
    if (resOutputsEvent !== undefined) this.#made(resOutputsEvent.metadata);
    if (diagnosticEvent !== undefined) this.#said(diagnosticEvent);
  }

  #made({ urn, type }: { readonly urn: string; readonly type: string }): void {
    if (isServer({ type })) this.end("server");
    const part = LAST_OF_PART[nameOf(urn)];
    if (part !== undefined && type.startsWith("command:")) this.end(part);
    if (type === CONTAINER && ++this.#started === this.#containers) this.end("containers");
  }

  #said({ message: coloured, severity }: NonNullable<EngineEvent["diagnosticEvent"]>): void {
    const message = coloured.replaceAll(/<\{%.*?%\}>/g, "");
    // Scripts on the host begin the lines that tell of a fault with our name; a message may hold a script's text too.
    const ours = [...message.matchAll(/^\s*mailstead: (.+)$/gm)].map(([, text = ""]) => text.trim());
    // What went well is said before what did not.
    const fault = ours.findLast((text) => text.includes("not restored"));
    if (severity === "error")
      this.#reasons.push(fault ?? ours.at(-1) ?? message.replaceAll(/\s+/g, " ").trim());
    else if (fault !== undefined) this.#reasons.push(fault);
  }

  /** A part is over now. */
  end(part: DrillPart): void {
    const now = Date.now();
    this.#parts[part] = (now - this.#last) / 1000;
    this.#last = now;
    this.#reached(part, this.seconds);
  }

  /** Since the beginning. */
  get seconds(): number {
    return (Date.now() - this.#began) / 1000;
  }

  get parts(): Readonly<Partial<Record<DrillPart, number>>> {
    return this.#parts;
  }

  /** Why the run failed, the first reason of the host first; undefined where nobody said. */
  get reason(): string | undefined {
    const unlikely = /^(update failed|exit status|preview failed)/;
    const [first] = [...new Set(this.#reasons)].filter((text) => text !== "" && !unlikely.test(text));
    return first?.slice(0, 600);
  }
}
