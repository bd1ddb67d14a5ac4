import "./store/sqliteBree.ts";
