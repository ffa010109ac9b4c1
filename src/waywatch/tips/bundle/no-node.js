// Stands for Node's own cryptography, which the library looks for where it finds no browser. On a phone there is none.
export const webcrypto = undefined;
