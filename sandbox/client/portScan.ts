/**
 * Tries TCP ports from the outside host's address, or another one of this network: `node portScan.ts [--from=ADDRESS]
 * ADDRESS PORT…` prints a JSON list of those that
 * answered. A port that neither accepts nor refuses within two seconds counts as silent.
 */
import { connect } from "node:net";
import { parseArgs } from "node:util";
import { addresses } from "../groundPlan.ts";

const { values, positionals } = parseArgs({ allowPositionals: true, options: { from: { type: "string" } } });
const [address = "", ...ports] = positionals;
const localAddress = values.from ?? (address.includes(":") ? addresses.outside.ipv6 : addresses.outside.ipv4);

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, localAddress, timeout: 2000 });
    const end = (open: boolean): void => {
      socket.destroy();
      resolve(open);
    };
    socket.on("connect", () => {
      end(true);
    });
    // A refusal is an answer too: a packet came back through the firewall.
    socket.on("error", (error: NodeJS.ErrnoException) => {
      end(error.code === "ECONNREFUSED");
    });
    socket.on("timeout", () => {
      end(false);
    });
  });
}

const open = await Promise.all(
  ports.map(async (port) => ((await answers(Number(port))) ? [Number(port)] : [])),
);
process.stdout.write(JSON.stringify(open.flat()));
