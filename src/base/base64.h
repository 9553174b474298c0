/*
 * base64.h - RFC 4648 base64, standard alphabet.
 */
#ifndef BASE64_H
#define BASE64_H

#include "slice.h"

/* Room for the text of n bytes, with the NUL. */
#define BASE64_SIZE(n)  (((size_t)(n) + 2) / 3 * 4 + 1)

/* Writes the text and a NUL; out has BASE64_SIZE(in.n) bytes. Returns the length without the NUL. */
size_t base64_encode(slice in, char *out);

/*
 * Decodes one whole text strictly: alphabet, length and padding must be
 * right (missing padding is accepted when `lax`). `out` has in.n / 4 * 3 + 3
 * bytes. False: it is not base64, and nothing is promised of out.
 */
bool base64_decode(slice in, bool lax, uint8_t *out, size_t *n_r);

#endif
