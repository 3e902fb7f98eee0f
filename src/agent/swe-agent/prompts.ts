export const SYSTEM = `You are an experienced software engineer. You work on a code repository with a shell and a file editor, which you reach through tool calls.`;

/** `<uploaded_files>` and `<pr_description>` are part of the format that models were trained on. */
export const INSTANCE = `<uploaded_files>
{{working_dir}}
</uploaded_files>
The code repository in {{working_dir}} is yours to work on. Read this description of what should change in it:

<pr_description>
{{problem_statement}}
</pr_description>

Bring the repository to where it does what the description asks for. Change as little as that takes, and leave the tests alone: whatever has to change in them is already done. Everything you need is installed, and there is no network.

A good order of work:
1. Look around and read the code that the description is about.
2. Write a small script that shows the problem, and run it with the \`bash\` tool.
3. Change the source code.
4. Run the script again and see that the problem is gone.
5. Think of the cases at the edges, and make sure that they hold too.
6. Remove what you made only for yourself, and call \`submit\`.

Every answer of yours calls exactly one tool: say what you think, call it, read its result, then go on. Take all the time for thinking that you want.`;

export const OBSERVATION = 'OBSERVATION:\n{{observation}}';

export const NO_OUTPUT = 'Your last command ran successfully and did not produce any output.';

export const REVIEW = `Before this is handed in, go through it once more:

1. Has the code changed since you last ran the script that shows the problem? Then run the script again, and if it fails, repair the code.
2. Remove that script, and anything else that you made only for yourself.
3. Have you touched tests that were there before? Put them back with \`git checkout -- PATH\`.
4. Call \`submit\` again when the changes are as you want them.

These are all of your changes:

<diff>
{{diff}}
</diff>`;
