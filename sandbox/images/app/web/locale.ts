/** Pages live below a locale, as upstream's: `/en/login`. */
import type { Answer, Call, Routes } from "./router.ts";

const LOCALE = /^\/[a-z]{2}(-[a-z]{2,})?(?=\/|$)/;

/** The same routes below any locale. */
export function withLocale(routes: Routes): Routes {
  return Object.fromEntries(
    Object.entries(routes).map(([route, handler]) => {
      const [method = "", path = ""] = route.split(" ");
      return [`${method} /:locale${path === "/" ? "" : path}`, handler];
    }),
  );
}

/**
 * The gate, and then the locale: where a path has none, who only looks is sent to the same path below `en`, and anything
 * else is not found.
 */
export function beforeRoutes(
  gate: (call: Call) => Promise<Answer | undefined>,
): (call: Call) => Promise<Answer | undefined> {
  return async (call) => {
    const closed = await gate(call);
    if (closed !== undefined || LOCALE.test(call.path)) return closed;
    if (call.method !== "GET") return { status: 404, body: { message: "Not Found" } };
    return { status: 301, headers: { location: `/en${call.path === "/" ? "" : call.path}` } };
  };
}
