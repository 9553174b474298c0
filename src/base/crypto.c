#include "crypto.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdlib.h>

#include "err.h"

enum { SHA256, SHA1, MD5, KINDS };		/* kind k is the bit 1 << k of a set */

struct digests {
	EVP_MD_CTX *ctx[KINDS];			/* NULL: not in the set */
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static EVP_MD *method[KINDS];

/*
 * A context costs as much as hashing a small message: each thread keeps some of each kind for the next time,
 * enough for a message, the part that is read in it, and one at once.
 */
enum { SPARE = 4 };
static _Thread_local struct { EVP_MD_CTX *ctx[SPARE]; unsigned n; } spare[KINDS];

/* Fetching a method by name on every use costs more than hashing a small message. */
static void
fetch(void)
{
	static const char *const name[KINDS] = { "SHA256", "SHA1", "MD5" };

	OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
	for (int k = 0; k < KINDS; k++)
		if ((method[k] = EVP_MD_fetch(NULL, name[k], NULL)) == NULL && k != MD5)
			die("libcrypto has no %s", name[k]);
}

void
crypto_prepare(void)
{
	pthread_once(&once, fetch);
}

static EVP_MD_CTX *
context_take(int kind)
{
	EVP_MD_CTX *ctx = spare[kind].n > 0 ? spare[kind].ctx[--spare[kind].n] : EVP_MD_CTX_new();

	if (ctx == NULL)
		die("out of memory");
	pthread_once(&once, fetch);
	if (method[kind] == NULL)
		die("libcrypto has no MD5");		/* as one that was built for FIPS 140 */
	CHECK(EVP_DigestInit_ex2(ctx, method[kind], NULL) == 1);
	return ctx;
}

static void
context_give(int kind, EVP_MD_CTX *ctx)
{
	if (spare[kind].n < SPARE)
		spare[kind].ctx[spare[kind].n++] = ctx;
	else
		EVP_MD_CTX_free(ctx);
}

void
crypto_leave(void)
{
	for (int kind = 0; kind < KINDS; kind++)
		while (spare[kind].n > 0)
			EVP_MD_CTX_free(spare[kind].ctx[--spare[kind].n]);
}

static void
update(EVP_MD_CTX *ctx, slice s)
{
	CHECK(EVP_DigestUpdate(ctx, s.p, s.n) == 1);
}

static void
final(EVP_MD_CTX *ctx, uint8_t *digest_r)
{
	CHECK(EVP_DigestFinal_ex(ctx, digest_r, NULL) == 1);
}

struct digests *
digests_new(unsigned which)
{
	struct digests *d;

	if (which == 0)
		return NULL;
	d = xcalloc(1, sizeof *d);
	for (int k = 0; k < KINDS; k++)
		if (which & 1u << k)
			d->ctx[k] = context_take(k);
	return d;
}

void
digests_feed(struct digests *d, slice s)
{
	for (int k = 0; d != NULL && k < KINDS; k++)
		if (d->ctx[k] != NULL)
			update(d->ctx[k], s);
}

unsigned
digests_finish(struct digests *d, uint8_t *sha256_r, uint8_t *sha1_r, uint8_t *md5_r)
{
	uint8_t *const to[KINDS] = { sha256_r, sha1_r, md5_r };
	unsigned which = 0;

	for (int k = 0; d != NULL && k < KINDS; k++)
		if (d->ctx[k] != NULL) {
			final(d->ctx[k], to[k]);
			which |= 1u << k;
		}
	return which;
}

void
digests_free(struct digests **dp)
{
	struct digests *d = *dp;

	*dp = NULL;
	for (int k = 0; d != NULL && k < KINDS; k++)
		if (d->ctx[k] != NULL)
			context_give(k, d->ctx[k]);
	free(d);
}

static void
digest(int kind, slice s, uint8_t *digest_r)
{
	EVP_MD_CTX *ctx = context_take(kind);

	update(ctx, s);
	final(ctx, digest_r);
	context_give(kind, ctx);
}

void
crypto_sha1(slice s, uint8_t digest_r[SHA1_SIZE])
{
	digest(SHA1, s, digest_r);
}

void
crypto_sha256(slice s, uint8_t digest_r[SHA256_SIZE])
{
	digest(SHA256, s, digest_r);
}

const char *
hex_encode(slice s, char *hex)
{
	static const char digit[] = "0123456789abcdef";

	for (size_t i = 0; i < s.n; i++) {
		hex[2 * i] = digit[s.p[i] >> 4];
		hex[2 * i + 1] = digit[s.p[i] & 15];
	}
	hex[2 * s.n] = '\0';
	return hex;
}
