/**
 * Proves: what a run says about the server that runs now: what waits, what is refused and why, and what happens
 * when the vendor does not answer.
 * Cannot prove: that the vendor's list tells image, type and labels as assumed here; the sandbox does.
 */
import * as pulumi from "@pulumi/pulumi";
import { beforeEach, describe, expect, test, vi } from "vitest";
import type { DeployedServer } from "../../stack/vendors/cloud.ts";
import { reviewDeployed } from "../../components/host/reviewDeployed.ts";
import { declareSmall, GET_SERVERS } from "./support/declareSmall.ts";
import { ofType } from "./support/find.ts";
import { smallPlan } from "./support/smallPlan.ts";

const planned = smallPlan().server;
const hashOf = (server: typeof planned): string => `hash of ${server.image} ${server.type}`;

function deployed(differs: Partial<DeployedServer> = {}): DeployedServer {
  const labels = { "mailstead-boot": hashOf(planned), "mailstead-generation": "3" };
  return { name: planned.name, location: "nbg1", image: "debian-13", serverType: "cx23", labels, ...differs };
}

describe("review", () => {
  test("nothing waits while the server is what is planned", () => {
    expect(reviewDeployed(planned, deployed(), hashOf)).toEqual([]);
  });

  test("a new type waits, and it alone", () => {
    expect(reviewDeployed({ ...planned, type: "cx33" }, deployed(), hashOf)).toEqual([
      "Waits for the next generation: type cx23 → cx33. This server keeps what it was made from, since the only copy of the mail is on it.",
    ]);
    // Only where the mail may be lost is a new generation advised.
    const onVolume = { ...planned, type: "cx33", protect: false, nextHas: "volume" } as const;
    expect(reviewDeployed(onVolume, deployed(), hashOf)).toEqual([
      "Waits for the next generation: type cx23 → cx33. To apply it, raise mailstead:generation by one: a new server, which takes over the data volume.",
    ]);
  });

  test("with backups of a disk the next generation is told to begin with one, and what is lost where none can be made", () => {
    const onDisk = { ...planned, protect: false, nextHas: "backups" } as const;
    expect(reviewDeployed({ ...onDisk, type: "cx33" }, deployed(), hashOf)).toEqual([
      expect.stringMatching(
        /a new server, which begins with a backup that this one makes before it is deleted\.$/,
      ),
    ]);
    expect(reviewDeployed({ ...onDisk, generation: 4 }, deployed(), hashOf)).toEqual([
      expect.stringMatching(
        /^Generation 4 begins with the backups: .* Where it does not answer, .* what came after that is lost\.$/,
      ),
    ]);
  });

  test("a new image and new user-data wait", () => {
    const old = { "mailstead-boot": "other", "mailstead-generation": "3" };
    const lines = reviewDeployed(planned, deployed({ image: "ubuntu-24.04", labels: old }), hashOf);
    expect(lines).toHaveLength(2);
    expect(lines[0]).toContain("image ubuntu-24.04 → debian-13");
    expect(lines[1]).toContain("first-boot user-data");
  });

  test("a server without our labels is compared by what the vendor tells", () => {
    expect(reviewDeployed(planned, deployed({ labels: {} }), hashOf)).toEqual([]);
  });

  test("a new generation of a disposable server makes all of it anew: nothing waits", () => {
    const next = { ...planned, generation: 4, protect: false, type: "cx33" };
    expect(reviewDeployed(next, deployed(), hashOf)).toEqual([]);
  });

  test("a new generation is refused while the only copy of the mail is on the server", () => {
    expect(() => reviewDeployed({ ...planned, generation: 4 }, deployed(), hashOf)).toThrow(
      /^Refused: mailstead:generation is 4 and the running server is generation 3, [^]*mail[^]*- Set mailstead:generation back to 3[^]*- Set mailstead:server.disposable to true/,
    );
  });

  test("another location is refused, disposable or not", () => {
    const moved = { ...planned, location: "fsn1", protect: false };
    expect(() => reviewDeployed(moved, deployed(), hashOf)).toThrow(
      /^Refused: mailstead:server.location is fsn1, [^]*nbg1[^]*- Set mailstead:server.location to nbg1\./,
    );
  });
});

describe("in a run", () => {
  const warn = vi.spyOn(pulumi.log, "warn");
  const running = (server: DeployedServer) => ({
    [GET_SERVERS]: () => ({ servers: [{ id: 1, ...server }] }),
  });
  const refused = () => {
    // The SDK keeps what a gRPC error has under "details".
    throw Object.assign(new Error(), { details: "503 service unavailable" });
  };

  beforeEach(() => {
    warn.mockReset().mockResolvedValue(undefined);
  });

  test("the vendor is asked once, by this stack's label", async () => {
    const run = await declareSmall();
    expect(run.calls).toEqual([{ token: GET_SERVERS, inputs: { withSelector: "mailstead=test" } }]);
    expect(warn).not.toHaveBeenCalled();
  });

  test("a preview warns of what waits, an update does not repeat it", async () => {
    const calls = running(deployed({ serverType: "cx22" }));
    await declareSmall({ preview: true, calls });
    const said = warn.mock.calls.map(([line]) => line);
    expect(said).toContainEqual(expect.stringContaining("type cx22 → cx23"));
    expect(said).toContainEqual(expect.stringContaining("user-data"));
    warn.mockClear();
    const run = await declareSmall({ calls });
    expect(run.errors).toEqual([]);
    expect(warn).not.toHaveBeenCalled();
  });

  test("a refused generation stops before the server and all that is on it", async () => {
    const labels = { "mailstead-boot": "x", "mailstead-generation": "2" };
    const run = await declareSmall({ preview: true, calls: running(deployed({ labels })) });
    expect(run.errors.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^Refused: mailstead:generation is 3 and the running server is generation 2/),
    ]);
    expect(run.errors.every((error) => pulumi.RunError.isInstance(error))).toBe(true);
    expect(ofType(run, "Server")).toEqual([]);
    expect(ofType(run, "Command")).toEqual([]);
    expect(ofType(run, "Container")).toEqual([]);
  });

  test("a refused move stops before the addresses too", async () => {
    const run = await declareSmall({ preview: true, calls: running(deployed({ location: "fsn1" })) });
    expect(run.errors.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^Refused: mailstead:server.location is nbg1/),
    ]);
    expect(ofType(run, "PrimaryIp")).toEqual([]);
    expect(ofType(run, "Server")).toEqual([]);
  });

  test("a preview goes on when the vendor does not answer, and says so", async () => {
    const run = await declareSmall({ preview: true, calls: { [GET_SERVERS]: refused } });
    expect(run.errors).toEqual([]);
    expect(ofType(run, "Server")).toHaveLength(1);
    expect(warn.mock.calls[0]?.[0]).toMatch(/did not say which servers bear the label mailstead=test.*503/s);
  });

  test("an update stops when the vendor does not answer, with the next step", async () => {
    const run = await declareSmall({ calls: { [GET_SERVERS]: refused } });
    expect(run.errors.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^Hetzner did not say[^]*503[^]*Next step: run `.\/mailstead preflight`\.$/),
    ]);
    expect(ofType(run, "Server")).toEqual([]);
  });
});
