/*
 * pgp_inside.h - what stands in packets of OpenPGP in clear: the content of
 * literal ones (RFC 9580 5.9), a file, and the packets in compressed ones
 * (5.6: ZIP and ZLIB; bzip2 is not undone). A stream.
 */
#ifndef MIME_PGP_INSIDE_H
#define MIME_PGP_INSIDE_H

#include "dissectors/mime/archive/deflated.h"
#include "dissectors/mime/content/opener.h"
#include "pgp_packet.h"

enum { PGP_LITERAL_HEAD = 1 + 1 + 255 + 4 };	/* format, name, time */

struct pgp_inside {
	const struct opener_user *user;
	void *self;
	void (*packet)(void *self, const struct pgp_packet *);	/* one in a compressed one */
	uint8_t head[PGP_LITERAL_HEAD];	/* of a literal one */
	unsigned nhead;
	bool in_file;

	bool compressed;		/* the bytes of one were seen */
	struct deflated deflated;	/* all zero: not one that can be undone */
	struct pgp_packets packets;	/* in it */
	bool truncated;			/* it grows too much */
};

void pgp_inside_init(struct pgp_inside *, const struct opener_user *, void *self,
    void (*packet)(void *self, const struct pgp_packet *));
void pgp_inside_bytes(struct pgp_inside *, enum pgp_tag, slice);
void pgp_inside_end(struct pgp_inside *, enum pgp_tag, bool ended);
void pgp_inside_fini(struct pgp_inside *);
size_t pgp_inside_memory(const struct pgp_inside *);

#endif
