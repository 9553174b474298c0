/*
 * crypto.h - the one door to libcrypto: digests.
 *
 * Digest methods are fetched once, on the first use in each process, with
 * libcrypto told to read no configuration file.
 */
#ifndef CRYPTO_H
#define CRYPTO_H

#include "slice.h"

enum { MD5_SIZE = 16, SHA1_SIZE = 20, SHA256_SIZE = 32, SHA256_HEX = 2 * SHA256_SIZE + 1 };

/* A digest fed piece by piece. sha256_new() never returns NULL. */
struct sha256;
struct sha256 *sha256_new(void);
void sha256_feed(struct sha256 *, slice);
void sha256_finish(struct sha256 *, uint8_t digest_r[SHA256_SIZE]);	/* may be asked once; then sha256_reset() */
void sha256_reset(struct sha256 *);
void sha256_free(struct sha256 **);

void crypto_sha1(slice, uint8_t digest_r[SHA1_SIZE]);
void crypto_sha256(slice, uint8_t digest_r[SHA256_SIZE]);
/* Lower-case hexadecimal with a NUL: hex has 2 * n + 1 bytes. Returns hex. */
const char *hex_encode(slice, char *hex);

#endif
