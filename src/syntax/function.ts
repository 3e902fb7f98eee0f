/** A function or method as it stands in one file. Lines count from 1 and include both ends. */
export interface FoundFunction {
  /** The name with its enclosing classes and functions, in the language's own notation: `Flask.run`, `(*Mux).ServeHTTP`. */
  readonly name: string;
  readonly startLine: number;
  readonly endLine: number;
}
