/** What an error of the system or of Node says about its cause: its code where it has one. */
export function causeOf(error: unknown): string {
  const { code, message } = error as { readonly code?: string; readonly message?: string };
  return code ?? message ?? String(error);
}
