/**
 * What must stand in a text for a rule of the scanner to find anything in it: the patterns of one sign must all be met,
 * the quickest first. Most texts show no sign, and looking for them takes a tenth of the time that the scanner's rules
 * take. Tests plant a secret for every rule of the preset, so that a rule that is new is not forgotten here.
 */
const SIGNS: readonly (readonly RegExp[])[] = [
  // A secret access key of AWS.
  [/[Kk](?:EY|ey)["']?\s*(?::|=>|=)\s*["']?[A-Za-z0-9/+=]{40}/],
  // Tokens that begin with a name and an underscore or a hyphen: first the ends of the names, which are fewer.
  [
    /(?:(?:pm|h[pousr]|at|[sr]k|hf|pi|tn|pa|ca|ss|lc|sa|ps|c[piakr]|gd|fk|ut)_|(?:sk|at|ey)-)[\w+/=-]{20}/,
    /(?:(?:npm|gh[pousr]|github_pat|gsk|hf|lin_api|ntn|shp(?:pa|ca|at|ss)|glc|glsa|ops|vc[piakr]|dckr_pat|figd|[sr]k_(?:live|test)|cf(?:k|[ua]t))_|(?:sk|glpat|tskey)-)[\w+/=-]{20}/,
  ],
  // Those of SendGrid, Vault, Databricks and Slack.
  [/(?:SG|hv[sbr])\.[\w-]|dapi[A-Fa-f0-9]{32}|x(?:ox[bpaor]|app)-[a-zA-Z0-9]/],
  // Private keys.
  [/-----BEGIN/],
  // Passwords in URLs of every kind, GitHub's in place of a password, Slack's addresses for messages.
  [/:\/\/(?:\S{3,600}@|.{1,256}:x-oauth-basic@|hooks\.slack\.com\/services\/)/i],
];

/** Whether a text should be given to the scanner. */
export function showsSigns(text: string): boolean {
  return SIGNS.some((patterns) => patterns.every((pattern) => pattern.test(text)));
}
