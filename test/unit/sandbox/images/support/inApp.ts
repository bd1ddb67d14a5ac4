/** Programs inside of the app's stand-in, as `docker exec -i web node -` runs them there. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/** Folder that is `/app` in the image. */
export const APP = fileURLToPath(new URL("../../../../../sandbox/images/app/", import.meta.url));

/** Runs the body of a function by standard input, in the app's folder, and answers what it returns. */
export async function inApp<T>(body: string, variables: Readonly<Record<string, string>> = {}): Promise<T> {
  const running = promisify(execFile)(process.execPath, ["-"], {
    cwd: APP,
    env: { PATH: process.env["PATH"], ENV_PATH: "/dev/null/.env", ...variables },
  });
  running.child.stdin?.end(`
    (async () => { ${body} })().then(
      (value) => { process.stdout.write("\\n" + JSON.stringify(value)); process.exit(0); },
      (error) => { console.error(error); process.exit(1); });`);
  const { stdout } = await running;
  return JSON.parse(stdout.split("\n").at(-1) ?? "") as T;
}
