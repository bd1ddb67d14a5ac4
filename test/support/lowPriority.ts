/** The fast tests yield to the lives of the sandbox, which the whole run's length depends on. */
import { setPriority } from "node:os";

setPriority(10);
