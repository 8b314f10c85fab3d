/** The few parts of WebAssembly that are used here; Node's types leave them to the browser's. */
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array);
    static imports(module: Module): { module: string; name: string }[];
    static exports(module: Module): { name: string }[];
  }
  class Instance {
    constructor(module: Module, imports: Record<string, ModuleImports>);
    readonly exports: Record<string, unknown>;
  }
  class RuntimeError extends Error {}
  interface Memory {
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  }
  interface Table {
    set(index: number, value: unknown): void;
  }
  type ModuleImports = Record<string, ImportValue>;
  type ImportValue = (...args: never[]) => unknown;
}
