import { servePop3 } from "./store/pop3.ts";

await servePop3();
