/** The constants of generated code, each declared once. Their names are ours: nothing of a policy becomes a name. */
export class Constants {
  readonly #names = new Map<string, string>();

  /** The name of a constant with this value, given as a JavaScript expression. */
  name(source: string): string {
    let name = this.#names.get(source);
    if (name === undefined) {
      name = `k${this.#names.size}`;
      this.#names.set(source, name);
    }
    return name;
  }

  declarations(): string {
    return Array.from(this.#names, ([source, name]) => `const ${name} = ${source};\n`).join("");
  }
}
