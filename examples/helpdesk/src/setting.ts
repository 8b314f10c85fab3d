/** A setting from the environment. Secrets have no default: one would be the same everywhere. */
export function setting(name: string, meaning: string): string {
  const value = process.env[name];
  if (value) return value;
  console.error(`set ${name}: ${meaning}`);
  process.exit(2);
}
