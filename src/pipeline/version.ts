/** The version of `package.json`; a test holds the two equal, so that no file is read at start-up. */
export const VERSION = '0.1.0';
