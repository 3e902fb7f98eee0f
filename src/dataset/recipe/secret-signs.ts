/** A sign of a secret: one of the words stands in the text, and every pattern is met. */
interface Sign {
  /** None where the first of the patterns is as quick to search for. */
  readonly words?: readonly string[];
  readonly patterns: readonly RegExp[];
}

/**
 * What must stand in a text for a rule of the scanner to find anything in it, the quickest first. Most texts show no
 * sign, and looking for them takes less than a tenth of the time that the scanner's rules take: words come before
 * patterns, since they are searched for several times as fast. Tests plant a secret for every rule of the preset, so that a rule
 * that is new is not forgotten here.
 */
const SIGNS: readonly Sign[] = [
  // A secret access key of AWS.
  {
    words: ['key', 'Key', 'KEY'],
    patterns: [/(?:[Kk]ey|KEY)["']?\s*(?::|=>|=)\s*["']?[A-Za-z0-9/+=]{40}/],
  },
  // Tokens that begin with a name and an underscore or a hyphen: first the ends of the names, which are fewer.
  {
    patterns: [
      /(?:(?:pm|h[pousr]|at|[sr]k|hf|pi|tn|pa|ca|ss|lc|sa|ps|c[piakr]|gd|fk|ut)_|(?:sk|at|ey)-)[\w+/=-]{20}/,
      /(?:(?:npm|gh[pousr]|github_pat|gsk|hf|lin_api|ntn|shp(?:pa|ca|at|ss)|glc|glsa|ops|vc[piakr]|dckr_pat|figd|[sr]k_(?:live|test)|cf(?:k|[ua]t))_|(?:sk|glpat|tskey)-)[\w+/=-]{20}/,
    ],
  },
  // Those of SendGrid, Vault, Databricks and Slack.
  {
    words: ['SG.', 'hv', 'dapi', 'xox', 'xapp-'],
    patterns: [/(?:SG|hv[sbr])\.[\w-]|dapi[A-Fa-f0-9]{32}|x(?:ox[bpaor]|app)-[a-zA-Z0-9]/],
  },
  // Private keys.
  { words: ['BEGIN'], patterns: [/-----BEGIN/] },
  // Passwords in URLs of every kind, GitHub's in place of a password, Slack's addresses for messages.
  {
    words: ['://'],
    patterns: [/:\/\/(?:\S{3,600}@|.{1,256}:x-oauth-basic@|hooks\.slack\.com\/services\/)/i],
  },
];

/** Whether a text should be given to the scanner. */
export function showsSigns(text: string): boolean {
  return SIGNS.some(
    ({ words, patterns }) =>
      (words === undefined || words.some((word) => text.includes(word))) &&
      patterns.every((pattern) => pattern.test(text)),
  );
}
