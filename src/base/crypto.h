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

enum { DIGEST_SHA256 = 1, DIGEST_SHA1 = 2, DIGEST_MD5 = 4 };	/* a set of them is their sum */

/* One stream's digests, of one kind or of several, fed piece by piece. */
struct digests;

struct digests *digests_new(unsigned which);		/* NULL for the empty set, which all of these take */
void digests_feed(struct digests *, slice);
/*
 * Returns the set and writes what is in it; the other places are left alone and may be NULL.
 * May be asked once.
 */
unsigned digests_finish(struct digests *, uint8_t *sha256_r, uint8_t *sha1_r, uint8_t *md5_r);
void digests_free(struct digests **);

void crypto_sha1(slice, uint8_t digest_r[SHA1_SIZE]);
void crypto_sha256(slice, uint8_t digest_r[SHA256_SIZE]);
/* Lower-case hexadecimal with a NUL: hex has 2 * n + 1 bytes. Returns hex. */
const char *hex_encode(slice, char *hex);

/* Fetches the methods now, while files can be opened. */
void crypto_prepare(void);
/* Frees what this thread keeps for its next digest: it ends. thread_start() sees to it. */
void crypto_leave(void);

#endif
