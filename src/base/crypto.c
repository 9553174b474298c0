#include "crypto.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdlib.h>

#include "err.h"

struct sha256 {
	EVP_MD_CTX *ctx;
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static EVP_MD *sha1_method, *sha256_method;

/* A context costs as much as hashing a small message: each thread keeps one of each kind for the next time. */
static _Thread_local EVP_MD_CTX *at_once;
static _Thread_local struct sha256 *spare;

/* Fetching a method by name on every use costs more than hashing a small message. */
static void
fetch(void)
{
	OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, NULL);
	sha1_method = EVP_MD_fetch(NULL, "SHA1", NULL);
	sha256_method = EVP_MD_fetch(NULL, "SHA256", NULL);
	if (sha1_method == NULL || sha256_method == NULL)
		die("libcrypto has no SHA-1 or SHA-256");
}

static EVP_MD_CTX *
context_new(void)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	if (ctx == NULL)
		die("out of memory");
	return ctx;
}

struct sha256 *
sha256_new(void)
{
	struct sha256 *h = spare;

	pthread_once(&once, fetch);
	spare = NULL;
	if (h == NULL) {
		h = xcalloc(1, sizeof *h);
		h->ctx = context_new();
	}
	sha256_reset(h);
	return h;
}

void
sha256_reset(struct sha256 *h)
{
	CHECK(EVP_DigestInit_ex2(h->ctx, sha256_method, NULL) == 1);
}

void
sha256_feed(struct sha256 *h, slice s)
{
	CHECK(EVP_DigestUpdate(h->ctx, s.p, s.n) == 1);
}

void
sha256_finish(struct sha256 *h, uint8_t digest_r[SHA256_SIZE])
{
	CHECK(EVP_DigestFinal_ex(h->ctx, digest_r, NULL) == 1);
}

void
sha256_free(struct sha256 **hp)
{
	struct sha256 *h = *hp;

	*hp = NULL;
	if (h != NULL && spare == NULL) {
		spare = h;
	} else if (h != NULL) {
		EVP_MD_CTX_free(h->ctx);
		free(h);
	}
}

static void
digest(const EVP_MD *method, slice s, uint8_t *digest_r)
{
	if (at_once == NULL)
		at_once = context_new();
	CHECK(EVP_DigestInit_ex2(at_once, method, NULL) == 1 && EVP_DigestUpdate(at_once, s.p, s.n) == 1
	    && EVP_DigestFinal_ex(at_once, digest_r, NULL) == 1);
}

void
crypto_sha1(slice s, uint8_t digest_r[SHA1_SIZE])
{
	pthread_once(&once, fetch);
	digest(sha1_method, s, digest_r);
}

void
crypto_sha256(slice s, uint8_t digest_r[SHA256_SIZE])
{
	pthread_once(&once, fetch);
	digest(sha256_method, s, digest_r);
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
