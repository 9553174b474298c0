/*
 * crypto_cms.h - the door to libcrypto's reader of CMS (RFC 5652): what signed and
 * encrypted messages say in clear, signers, recipients, certificates.
 *
 * Nothing is verified: a signer is who is named as one, and no more. Behind
 * the door hostile bytes are libcrypto's to read; they are bounded by the
 * caller, and no key and no configuration of the machine is ever looked at.
 */
#ifndef CRYPTO_CMS_H
#define CRYPTO_CMS_H

#include "slice.h"

struct cms_counts { unsigned signers, recipients, certificates; };

struct cms_user {
	void *self;
	void (*counts)(void *self, const struct cms_counts *);	/* first */
	/* group counts from 1: one for each signer, recipient and certificate, in that order. Texts are UTF-8. */
	void (*fact)(void *self, unsigned group, slice name, slice value);
};

/* A ContentInfo in BER. Its content may be left out. False: it is none that libcrypto can read; nothing was told. */
bool cms_read(slice ber, const struct cms_user *);

enum { CMS_NAME = 80 };
/* What an object identifier (the bytes of its value) is called, or in numbers: "sha256", "1.2.3". Returns text. */
slice cms_object_name(slice oid, char text[CMS_NAME]);

#endif
