/** The fast tests yield to the lives of the sandbox, which the whole run's length depends on, and clear away after each file. */
import { setPriority } from "node:os";
import { afterAll } from "vitest";
import { removeTemporaryFolders } from "./temporaryFolder.ts";

setPriority(10);
afterAll(removeTemporaryFolders);
