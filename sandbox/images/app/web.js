import "./web/web.ts";
