/** The arguments of `str_replace_editor`, by the names the model uses. */
export interface EditorRequest {
  readonly command: string;
  readonly path: string;
  readonly file_text?: string;
  readonly old_str?: string;
  readonly new_str?: string;
  readonly insert_line?: number;
  readonly view_range?: readonly number[];
}
