import { z } from 'zod';

/** The arguments of `str_replace_editor`, by the names the model uses. */
export const editorRequest = z.object({
  command: z.string(),
  path: z.string(),
  file_text: z.string().optional(),
  old_str: z.string().optional(),
  new_str: z.string().optional(),
  insert_line: z.int().optional(),
  view_range: z.array(z.int()).optional(),
});

export type EditorRequest = z.infer<typeof editorRequest>;
