/** What the engine says when it cannot go on, in a line of ours with the next step. */

/** What was said, what it means, and what to do. */
export interface EngineError {
  readonly message: string;
  readonly nextStep: string;
  /** 2 where the command line or its environment is wrong, 1 where the state is. */
  readonly exitCode: 1 | 2;
}

/** By the engine's own words. The first that fits counts. */
const KNOWN: readonly (readonly [RegExp, EngineError])[] = [
  [
    // The file backend writes a sidecar file for each state file in two moves; a kill between them leaves it empty.
    /failed to load checkpoint: (unexpected )?EOF/,
    {
      message:
        "a killed run left an empty file beside the state, so that pulumi cannot read it (the state itself is whole)",
      nextStep:
        "remove it: find STATE_FOLDER -name '*.attrs' -empty -delete (the folder that `pulumi whoami -v` names), and keep it " +
        "away: pulumi login 'file://STATE_FOLDER?metadata=skip'",
      exitCode: 1,
    },
  ],
  [
    /passphrase must be set with/,
    {
      message: "the passphrase of the stack was not given",
      nextStep: "export PULUMI_CONFIG_PASSPHRASE=…, or PULUMI_CONFIG_PASSPHRASE_FILE=FILE that holds it",
      exitCode: 2,
    },
  ],
  [
    /incorrect passphrase/,
    {
      message: "the passphrase that was given is not that of the stack",
      nextStep: "export PULUMI_CONFIG_PASSPHRASE=… as it was when the stack was made",
      exitCode: 2,
    },
  ],
  [
    /unable to read PULUMI_CONFIG_PASSPHRASE_FILE/,
    {
      message: "the file that PULUMI_CONFIG_PASSPHRASE_FILE names cannot be read",
      nextStep: "mend the path, or export PULUMI_CONFIG_PASSPHRASE=…",
      exitCode: 2,
    },
  ],
  [
    /PULUMI_ACCESS_TOKEN must be set for login/,
    {
      message: "pulumi does not know where the state is",
      nextStep: 'log in to it: pulumi login "file://$HOME/mailstead-state?metadata=skip"',
      exitCode: 2,
    },
  ],
  [
    /unable to open state directory|read ".pulumi\/meta\.yaml"/,
    {
      message: "the place of the state cannot be opened",
      nextStep: "look at `pulumi whoami -v` and PULUMI_BACKEND_URL; is the folder there?",
      exitCode: 2,
    },
  ],
  [
    /no stack selected/,
    {
      message: "no stack is selected",
      nextStep: "pulumi stack select NAME, or name one with --stack NAME; `pulumi stack ls` lists them",
      exitCode: 2,
    },
  ],
  [
    /the stack is currently locked/,
    {
      message: "another run of pulumi has the stack, or one was killed",
      nextStep: "wait for it; if there is none: pulumi cancel",
      exitCode: 1,
    },
  ],
  [
    /a stack name may only contain/,
    {
      message: "this is no name of a stack",
      nextStep: "name one of letters, digits, hyphens, underscores and periods; `pulumi stack ls` lists them",
      exitCode: 2,
    },
  ],
];

/** What an engine's error text means; undefined where it has to speak for itself. */
export function knownEngineError(text: string): EngineError | undefined {
  const [, missing] = /no stack named '([^']*)' found/.exec(text) ?? [];
  if (missing !== undefined) {
    return {
      message: `there is no stack ${missing}`,
      nextStep: `pulumi stack ls lists those that are there; a new one is made by: pulumi stack init ${missing}`,
      exitCode: 2,
    };
  }
  return KNOWN.find(([pattern]) => pattern.test(text))?.[1];
}
