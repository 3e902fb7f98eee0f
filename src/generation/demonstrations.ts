/**
 * Reports in the styles in which people write them, for a pull request to take its tone, length and structure from.
 * The projects in them do not exist. A user's own reports may take their place (`--demonstrations FILE`).
 */
export const DEMONSTRATIONS: readonly string[] = [
  `\`slugify\` drops everything after an umlaut

>>> from inkwell.text import slugify
>>> slugify("Straße nach Köln")
'stra'

I expected 'strasse-nach-koln', or at least the ASCII letters that are left.`,

  `Pagination returns the last page twice

Asking the client for pages of 50 over a collection of exactly 200 entries yields five pages. The fifth is a copy of the fourth.

Steps:

1. Put 200 entries into an empty collection.
2. \`for page in client.pages(size=50): print(page.number, len(page))\`
3. The output is

\`\`\`
1 50
2 50
3 50
4 50
4 50
\`\`\`

With 199 or 201 entries the number of pages is right. I looked at the requests: the server sends a \`next\` link with the fourth page whose cursor is empty, so the client seems to take an empty cursor for a cursor.

Expected: four pages.`,

  `Crash when the configuration file is empty

**Describe the bug**
Starting with an empty \`ferry.toml\` ends in a traceback instead of using the defaults.

**To reproduce**
\`\`\`
$ : > ferry.toml
$ ferry up
...
AttributeError: 'NoneType' object has no attribute 'get'
\`\`\`

**Expected behaviour**
An empty file should mean the same as no file.

**Environment**
ferry 2.3.1, Linux`,

  `merge() changes its first argument. The documentation says that it returns a new mapping and touches neither of the two, and we have been passing our module-level defaults into it for a year. Since the last release every second request sees the settings of the one before it. A minimal case:

    defaults = {"retries": {"count": 3}}
    merge(defaults, {"retries": {"count": 5}})
    defaults["retries"]["count"]   # 5, should still be 3

It only happens with nested mappings. Flat ones are fine.`,

  `Watcher keeps its file handle after stop()

Every call of \`Watcher.start()\` followed by \`stop()\` leaves one more entry under /proc/<pid>/fd. In a process that restarts its watcher once a minute we reach the limit of open files in less than a day:

\`\`\`ts
for (let i = 0; i < 2000; i++) {
  const watcher = new Watcher('.')
  await watcher.start()
  await watcher.stop()
}
// Error: EMFILE: too many open files
\`\`\`

I would expect the number of handles to be the same before and after.`,

  `wrong rounding of half a cent

price 2.675, quantity 1, total shows 2.67. Accounting wants 2.68 (half up, everywhere). see \`Money.times\``,

  `\`Duration.String()\` is ambiguous for negative values

## What happens

\`Duration{Hours: -1, Minutes: 30}.String()\` gives \`-1h30m\`. Reading that back with \`ParseDuration\` gives minus ninety minutes, while the value that was printed stands for minus thirty.

## What I expected

Either a text that reads back to the same value, or an error from \`ParseDuration\` for values whose parts differ in sign. The round trip is promised in the package comment.

## Why it matters

We write durations to a journal and replay it after a restart. Schedules drift by an hour at each restart.

## Notes

Positive values and values with a single part round-trip well. The fractional seconds were not checked.`,

  `Help text of \`--since\` does not say which time zone is meant

The option accepts \`2021-03-04 10:00\`, and the filter then behaves as if it were UTC although every date that the tool prints is local. Two people in my team filed wrong reports because of it. It is not clear to me from \`parse_since\` whether this is intended.`,

  `Queue loses a job when a worker is stopped while it takes one

We see about one lost job per deployment. It can be forced:

* start a worker with a handler that sleeps
* put two jobs
* send SIGTERM at the moment when the first one ends

The second job is neither in the queue nor in the table of failed jobs afterwards. \`take()\` seems to remove it before anybody is responsible for it.

What I would expect is that a job which was not finished is handed out again.`,

  `Type of \`options\` allows \`undefined\` where the function throws

\`createStore({ path: undefined })\` compiles and then throws "path must be a string". Reproduced on 4.0.0 and on main.`,
];
