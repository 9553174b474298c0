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

/* The value of a letter of the alphabet, or -1. */
int base64_value(uint8_t letter);

/* Room that base64_decode_run() wants for n bytes: it writes whole vectors. */
#define BASE64_ROOM(n)  ((size_t)(n) / 4 * 3 + 32)

/*
 * Decodes whole groups of four letters from the front, as many as stand
 * there, and passes over line ends (CRLF, LF) between them: what a mail's
 * base64 is made of. Stops before anything else (a blank, padding, junk, a
 * group that is not full or holds a line end). out has BASE64_ROOM(in.n)
 * bytes. Returns the bytes taken.
 *
 * 32 letters at a time where the processor has AVX2.
 */
size_t base64_decode_run(slice in, uint8_t *out, size_t *n_r);
/* The same without vectors, for comparison. */
size_t base64_decode_run_plain(slice in, uint8_t *out, size_t *n_r);

#endif
