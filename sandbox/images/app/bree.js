import "./bree.ts";
