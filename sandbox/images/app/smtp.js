import "./mail/smtp.ts";
