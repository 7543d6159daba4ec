/** A setting of the deployment; it is missing only when the deployment is wrong. */
export function setting(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`the environment variable ${name} of this function is not set`);
  return value;
}
