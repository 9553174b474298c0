/*
 * pgp_packet.h - the packets of OpenPGP (RFC 9580 4), as a stream: their
 * framing, old and new, partial lengths and none.
 *
 * A body is told as it comes; and when the packet ends, its first
 * LIMIT_PGP_BODY bytes, which for most are all.
 */
#ifndef MIME_PGP_PACKET_H
#define MIME_PGP_PACKET_H

#include "base/buf.h"
#include "base/limits.h"

enum pgp_tag {
	PGP_PKESK = 1, PGP_SIGNATURE = 2, PGP_SKESK = 3, PGP_ONE_PASS = 4, PGP_SECRET_KEY = 5, PGP_PUBLIC_KEY = 6,
	PGP_SECRET_SUBKEY = 7, PGP_COMPRESSED = 8, PGP_ENCRYPTED = 9, PGP_LITERAL = 11, PGP_USER_ID = 13, PGP_PUBLIC_SUBKEY = 14,
	PGP_ENCRYPTED_INTEGRITY = 18, PGP_ENCRYPTED_AEAD = 20
};

struct pgp_packet {
	enum pgp_tag tag;
	slice body;		/* its first bytes */
	bool ended;		/* its end was seen */
	bool whole;		/* ended, and these are all of its bytes */
};

struct pgp_packets_user {
	void *self;
	void (*bytes)(void *self, enum pgp_tag, slice);
	void (*packet)(void *self, const struct pgp_packet *);
};

struct pgp_packets {
	struct pgp_packets_user user;
	uint8_t state;
	bool broken;
	uint8_t tag;
	uint8_t head[6];	/* of the length that is being read */
	uint8_t nhead, wanted;
	bool partial;		/* another length follows this piece */
	bool open;		/* to the end of the stream */
	uint32_t left;
	struct buf body;
};

void pgp_packets_init(struct pgp_packets *, const struct pgp_packets_user *);
void pgp_packets_feed(struct pgp_packets *, slice);
/* The packet that is open is told; frees. whole: the stream's end was seen, so that what is as long as it has ended. */
void pgp_packets_finish(struct pgp_packets *, bool whole);

#endif
