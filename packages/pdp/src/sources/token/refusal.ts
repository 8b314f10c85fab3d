/** A token that proves nothing. The message is for whoever asks, and holds no part of the token. */
export class TokenRefused extends Error {
  override readonly name = "TokenRefused";
}
