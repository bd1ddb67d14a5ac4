/**
 * How the command is called, wherever a text tells somebody to type it: by its path in the project's folder. A bare name
 * would have to be installed, and `npx` asks the public package registry for it in any other folder.
 */
export const COMMAND = "./mailstead";
