/** A byte stream to a Docker daemon through the standard input and output of a local `ssh`. */
import { spawn } from "node:child_process";
import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { Duplex } from "node:stream";
import type { StartedBy } from "../protocol/handler.ts";
import { sshArguments } from "./endpoint.ts";
import type { SshEndpoint } from "./endpoint.ts";

const STDERR_LIMIT = 16 * 1024;
/** What `ssh` ends with when it fails itself; everything else is the far command's own status. */
const SSH_FAILED = 255;

/**
 * Starts `ssh` and carries bytes both ways. Ends with an error that holds the whole command line and what `ssh` said
 * (paths of keys, never keys), or, when the far `docker system dial-stdio` failed, with the daemon's absence.
 * Destroying it ends the process. It has the methods of a socket that node:http calls.
 */
export class SshStream extends Duplex {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #command: readonly string[];
  #stderr = "";

  constructor(endpoint: SshEndpoint, { environment, folder }: StartedBy) {
    super();
    this.#command = ["ssh", ...sshArguments(endpoint)];
    this.#child = spawn("ssh", this.#command.slice(1), { cwd: folder, env: environment, stdio: "pipe" });
    this.#child.stdout.on("data", (chunk: Buffer) => {
      if (!this.push(chunk)) this.#child.stdout.pause();
    });
    this.#child.stderr.on("data", (chunk: Buffer) => {
      this.#stderr = (this.#stderr + chunk.toString()).slice(-STDERR_LIMIT);
    });
    // A closed pipe is reported by the exit of ssh, with its reason.
    this.#child.stdin.on("error", () => undefined);
    this.#child.on("error", (error) => this.destroy(new Error(`ssh could not be started: ${error.message}`)));
    this.#child.on("close", (code) => {
      this.#ended(code);
    });
  }

  #ended(code: number | null): void {
    if (this.destroyed) return;
    if (code === 0) this.push(null);
    else this.destroy(this.#failure(code));
  }

  #failure(code: number | null): Error {
    if (code !== SSH_FAILED) {
      return new Error(
        "Cannot connect to the Docker daemon at http://docker.example.com. Is the docker daemon running?",
      );
    }
    return new Error(
      `command [${this.#command.join(" ")}] has exited with exit status ${code}, please make sure the URL is valid, ` +
        `and Docker 18.09 or later is installed on the remote host: stderr=${this.#stderr}`,
    );
  }

  override _read(): void {
    this.#child.stdout.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    // An error of the pipe is not passed on: the exit of ssh, which follows, says why.
    this.#child.stdin.write(chunk, () => {
      done();
    });
  }

  override _final(done: () => void): void {
    this.#child.stdin.end(() => {
      done();
    });
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    if (this.#child.exitCode === null) this.#child.kill("SIGTERM");
    done(error);
  }

  setKeepAlive(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setTimeout(): this {
    return this;
  }

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }
}
