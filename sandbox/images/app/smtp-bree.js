import "./mail/smtpBree.ts";
