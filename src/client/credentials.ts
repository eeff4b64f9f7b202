/** What came of asking for a token. */
export type TokenReading =
  /** Undefined: none is needed. */
  | { readonly kind: 'token'; readonly token: string | undefined }
  /** `problem` is one sentence for the person. */
  | { readonly kind: 'problem'; readonly problem: string };

/** Asked before each dial, since tokens are renewed while a connection waits. Never rejects. */
export type TokenSource = () => Promise<TokenReading>;
