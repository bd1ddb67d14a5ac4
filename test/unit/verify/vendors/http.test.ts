/**
 * Proves: a vendor that does not answer, or not to the end, is told by the reason, and never taken for an answer; an
 * answer and a list that have no end are given up.
 * Cannot: a time-out is shortened here; the 20 seconds themselves are not waited for.
 */
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test, vi } from "vitest";
import { allPages, callVendor, fixFor, VendorError } from "../../../../verify/vendors/http.ts";

async function vendor(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/zones`;
}

async function refusalOf(url: string): Promise<VendorError> {
  const error: unknown = await callVendor(url, "token").catch((reason: unknown) => reason);
  if (error instanceof VendorError) return error;
  throw new Error(`no VendorError: ${JSON.stringify(error)}`);
}

test("an answer that is cut off", async () => {
  const url = await vendor((_, answer) => {
    answer.writeHead(200, { "content-length": "100" });
    answer.write("{}", () => answer.destroy());
  });
  const { status, message } = await refusalOf(url);
  expect([status, message]).toEqual([
    0,
    expect.stringMatching(/^GET \/zones: no answer from 127.*: aborted$/),
  ]);
});

test.each(["nothing at all", "a beginning"])("a vendor that sends %s is given up", async (sends) => {
  const url = await vendor((_, answer) => {
    if (sends === "a beginning") answer.writeHead(200).write("{");
  });
  const early = AbortSignal.timeout(200);
  const spy = vi.spyOn(AbortSignal, "timeout").mockReturnValue(early);
  onTestFinished(() => {
    spy.mockRestore();
  });
  const { status, message } = await refusalOf(url);
  expect(spy).toHaveBeenCalledWith(20_000);
  expect([status, message]).toEqual([0, expect.stringMatching(/: none within 20 seconds$/)]);
});

test("nobody listens", async () => {
  const { status, message } = await refusalOf("https://127.0.0.1:1/zones");
  expect([status, message]).toEqual([0, expect.stringContaining("connect ECONNREFUSED 127.0.0.1:1")]);
});

test("the token goes in the header, an empty answer is an empty object, and connections are kept", async () => {
  const asked: (string | undefined)[] = [];
  const ports = new Set<number | undefined>();
  const url = await vendor((request, answer) => {
    asked.push(`${request.method ?? ""} ${request.headers.authorization ?? ""}`);
    ports.add(request.socket.remotePort);
    answer.writeHead(204).end();
  });
  expect(await callVendor(url, "token")).toEqual({});
  expect(await callVendor(url, "token", "DELETE")).toEqual({});
  expect(asked).toEqual(["GET Bearer token", "DELETE Bearer token"]);
  expect(ports.size).toBe(1);
});

test("an answer without an end is given up", async () => {
  const url = await vendor((_, answer) => {
    const piece = Buffer.alloc(1024 * 1024, 32);
    const more = (): void => {
      while (!answer.destroyed && answer.write(piece));
      if (!answer.destroyed) answer.once("drain", more);
    };
    answer.writeHead(200);
    more();
  });
  const { status, message } = await refusalOf(url);
  expect([status, message]).toEqual([0, expect.stringMatching(/: it has more than 32 MiB$/)]);
});

test.each([
  ["back", (page: number) => (page === 3 ? 2 : page + 1), "after page 3 comes page 2"],
  ["to itself", (page: number) => page, "after page 1 comes page 1"],
  ["on and on", (page: number) => page + 1, "after page 1000 comes page 1001"],
])("a list that leads %s is given up", async (_, next, says) => {
  const error: unknown = await allPages((page) => Promise.resolve({ items: [page], next: next(page) })).catch(
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(VendorError);
  expect((error as VendorError).message).toContain(says);
});

test("a token is blamed where the vendor has spoken of it alone", () => {
  const cures = [0, 401, 403, 429, 503].map((status) => fixFor(new VendorError(status, "x"), "make a token"));
  expect(cures).toEqual([
    "look at this machine's network, then run this again",
    "make a token",
    "make a token",
    "run this again in some minutes",
    "run this again in some minutes",
  ]);
});
