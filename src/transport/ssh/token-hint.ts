/** What to do about keys in FIDO tokens, in a file or in an agent. */
export const TOKEN_HINT =
  'drover cannot ask FIDO tokens, in an agent neither: give the host another key, or a certificate for one'
