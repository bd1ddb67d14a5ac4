/** What cannot be done with a mailbox's folders; `code` as IMAP has it, such as `ALREADYEXISTS`. */
export class Cannot extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}
