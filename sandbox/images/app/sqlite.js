import "./store/sqlite.ts";
