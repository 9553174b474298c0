/*
 * mime.h - a message's content into its parts, as a stream.
 *
 * Whoever carries a message (SMTP) reads its top header itself with header.h
 * and hands over the fields, then the body, cut anywhere; parts come out as
 * calls. Nothing is held but the header field and the line that are being
 * read: a part of any size streams.
 *
 *	walk.c		which part are we in; walk_header.c, walk_part.c
 *	boundary.c	the lines that part them
 *	entity.c	what a part's header says of it
 *	leaf.c		one part's content: its encoding undone, its text read
 *	file.c		what comes of that: counted, digested, looked into
 *	unpacked.c	files in it, which are read as parts are
 *	hidden.c	what stands before and behind the parts of a multipart
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
#include "dissectors/mime/header/header.h"

/*
 * Where it stands in the stream: of a part the header and all that comes behind it; of bytes, texts, facts and links
 * the part that they are of. What stands in encoded content stands where that does.
 */
struct mime_at { uint64_t offset, length; bool guessed; };	/* guessed: the header that would say so was lost */

/*
 * The structs are those of the events; `mail` in them is the caller's to set. Slices are valid inside the
 * call. Any function may be NULL: then what only it needs is not computed.
 */
struct mime_user {
	void *self;
	void (*begin)(void *self, struct ev_part_begin *, const struct mime_at *);	/* length: not known yet */
	void (*bytes)(void *self, struct ev_part_bytes *, const struct mime_at *);
	void (*text)(void *self, struct ev_part_text *, const struct mime_at *);
	void (*fact)(void *self, struct ev_part_fact *, const struct mime_at *);
	void (*member)(void *self, struct ev_part_member *, const struct mime_at *);
	void (*end)(void *self, struct ev_part_end *, const struct mime_at *);
	void (*url)(void *self, struct ev_url *, const struct mime_at *);
	/*
	 * Each finding once for the message, but those that speak of one part or name once for each. `at`: the bytes that
	 * prove it, as far as they can be told (the header field, the line).
	 */
	void (*note)(void *self, enum finding, const struct mime_at *, slice detail);
};

/* What is known of the message besides its bytes, for findings that compare. */
struct mime_about {
	uint64_t offset;		/* where it begins in the stream */
	nstime time;			/* when it was sent, by the packets; or NSTIME_NONE */
	slice mail_from;		/* the envelope's sender, if has_mail_from; copied */
	bool has_mail_from;
	bool smtputf8;			/* RFC 6531: raw UTF-8 in fields is as it should be */
};

struct mime;

/* wants: of dissect/event.h, WANT_SHA256 WANT_SHA1 WANT_MD5 WANT_ALL_DIGESTS WANT_JUDGEMENT WANT_INSIDE. */
struct mime *mime_new(const struct mime_user *, uint32_t wants, const struct mime_about *);
void mime_free(struct mime **);
/* Fields of the top header, in order. `decoded` as in ev_header: unfolded, RFC 2047 undone; words: what word_decode() said. */
void mime_field(struct mime *, const struct header_field *, slice decoded, unsigned words, uint64_t offset);
void mime_line(struct mime *, slice beginning, uint64_t offset);	/* of the top header: header_user's no_field */
void mime_limit(struct mime *, uint64_t offset);			/* ... and limit */
/* The rest. The first call, even of nothing, says that the header is over. offset: of the first byte in the stream. */
void mime_body(struct mime *, slice, uint64_t offset);
void mime_gap(struct mime *, uint64_t missing);		/* at any time; before the body it falls into the header */
/* whole: the message's end was seen. Ends all parts that are open. An empty message has one, that is empty. */
void mime_finish(struct mime *, bool whole);
size_t mime_memory(const struct mime *);		/* bytes held now, for the budget */

#endif
