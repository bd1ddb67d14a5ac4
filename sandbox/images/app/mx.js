import "./mail/mx.ts";
