/**
 * Proves: a rebuild takes out of the state what the vendor has no more, and of volumes only the one that is given up.
 * Cannot prove: what the engine makes of it; the lives in the sandbox do.
 */
import { expect, test } from "vitest";
import { findLost } from "../../../cli/rebuild/bringUp.ts";

const SERVER = { urn: "urn:server", type: "hcloud:index/server:Server", id: "42" };
const VOLUME = { urn: "urn:volume", type: "hcloud:index/volume:Volume", id: "77" };
const at = (id: string) => [{ id, name: "mailstead-prod" }];

interface Case {
  readonly known?: boolean;
  readonly lostVolume?: string;
  readonly server?: readonly { id: string; name: string }[];
  readonly volume?: readonly { id: string; name: string }[];
}

test.each<[string, Case, readonly unknown[]]>([
  ["the server alone", {}, [SERVER]],
  ["nothing, where it is there", { server: at("42") }, []],
  [
    "nothing, where it is there with the volume given up",
    { server: at("42"), lostVolume: "77", volume: [] },
    [],
  ],
  ["a volume that is gone stays", { volume: [] }, [SERVER]],
  ["one that is given up and there stays", { lostVolume: "77" }, [SERVER]],
  ["one that is gone and given up goes", { lostVolume: "77", volume: [] }, [SERVER, VOLUME]],
  ["another one that is given up is not this one", { lostVolume: "78", volume: [] }, [SERVER]],
  ["where the state has forgotten the server already", { known: false }, []],
  ["and had no time for the volume", { known: false, lostVolume: "77", volume: [] }, [VOLUME]],
])("%s", (_, { known = true, lostVolume, server = [], volume = at("77") }, expected) => {
  const data = { kind: "volume" as const, sizeGb: 10, ...(lostVolume === undefined ? {} : { lostVolume }) };
  const resources = known ? [SERVER, VOLUME] : [VOLUME];
  expect(findLost({ data }, resources, known ? SERVER : undefined, { server, volume })).toEqual(expected);
});
