/*
 * mime.h - a message's content into its parts, as a stream.
 *
 * Whoever carries a message (SMTP) reads its top header itself with header.h
 * and hands over the fields, then the body, cut anywhere; parts come out as
 * calls. Nothing is held but the header field and the line that are being
 * read: a part of any size streams.
 *
 *	mime.c		the walk: which part are we in
 *	boundary.c	the lines that part them
 *	leaf.c		one part's content: decoded, digested, looked at
 *
 * Nested multiparts are a stack (LIMIT_MIME_DEPTH); a message in a message is
 * a walk of its own that is fed by the leaf it stands in. What lies deeper is
 * a leaf that nobody looks into, and finding mime.depth.
 *
 * The law: the same bytes give the same calls, wherever they were cut, but
 * for the cuts of `bytes` and `text`.
 */
#ifndef MIME_MIME_H
#define MIME_MIME_H

#include "dissect/event.h"
#include "header.h"

/*
 * The structs are those of the events; `mail` in them is the caller's to set. Slices are valid inside the
 * call. Any function may be NULL: then what only it needs is not computed.
 */
struct mime_user {
	void *self;
	void (*begin)(void *self, struct ev_part_begin *);
	void (*bytes)(void *self, struct ev_part_bytes *);
	void (*text)(void *self, struct ev_part_text *);
	void (*fact)(void *self, struct ev_part_fact *);
	void (*member)(void *self, struct ev_part_member *);
	void (*end)(void *self, struct ev_part_end *);
	void (*url)(void *self, struct ev_url *);
	/* `offset` and `length`: where the bytes stand that prove it, as far as they can be told (the header field, the line). */
	void (*note)(void *self, enum finding, uint64_t offset, uint64_t length, slice detail);
};

/* What is known of the message besides its bytes, for findings that compare. */
struct mime_about {
	nstime time;			/* when it was sent, by the packets; or NSTIME_NONE */
	slice mail_from;		/* the envelope's sender, if has_mail_from; copied */
	bool has_mail_from;
};

struct mime;

/* wants: of dissect/event.h, WANT_SHA256 WANT_SHA1 WANT_MD5 WANT_ALL_DIGESTS WANT_JUDGEMENT WANT_INSIDE. */
struct mime *mime_new(const struct mime_user *, uint32_t wants, const struct mime_about *);
void mime_free(struct mime **);
/* Fields of the top header, in order. `decoded` as in ev_header: unfolded, RFC 2047 undone; words: what word_decode() said. */
void mime_field(struct mime *, const struct header_field *, slice decoded, unsigned words, uint64_t offset);
/* The rest. The first call, even of nothing, says that the header is over. offset: of the first byte in the stream. */
void mime_body(struct mime *, slice, uint64_t offset);
void mime_gap(struct mime *, uint64_t missing);		/* at any time; before the body it falls into the header */
/* whole: the message's end was seen. Ends all parts that are open. */
void mime_finish(struct mime *, bool whole);
size_t mime_memory(const struct mime *);		/* bytes held now, for the budget */

#endif
