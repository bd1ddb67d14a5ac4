import { serveDav } from "./web/dav.ts";

await serveDav("CARDDAV", "addressbook");
