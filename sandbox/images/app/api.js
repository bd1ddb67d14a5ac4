import "./web/api.ts";
