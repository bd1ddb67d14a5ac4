/** HTTP requests from inside the sandbox. */
import type { HttpAnswer, HttpRequest } from "../../sandbox/client/httpRequests.ts";
import { askInside } from "./lineProgram.ts";

/** @returns text of the answer. @throws where there is none within a minute, or its status is not one of success */
export async function requestInside(request: HttpRequest): Promise<string> {
  const { status, text } = (await askInside("httpRequests.ts", request, 90)) as HttpAnswer;
  if (status >= 200 && status < 300) return text;
  throw new Error(`${request.method} ${request.url}: ${String(status)}\n${text.slice(0, 2000)}`);
}
