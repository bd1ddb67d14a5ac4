import { serveDav } from "./web/dav.ts";

await serveDav("CALDAV", "calendar-access");
