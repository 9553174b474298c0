/*
 * reread.h - a remembered message, read again: its header fields and its
 * parts come out as they did when it was heard first.
 *
 * Fed what was told of its content (EV_MAIL_BEGIN, EV_MAIL_BYTES, EV_GAP),
 * it calls back as dissectors/mime/mime.h does. Part numbers are those of
 * the first reading if `wants` has WANT_INSIDE where that had it.
 *
 * Findings do not come out a second time: those of the first reading are
 * remembered, and only it knew everything that they are about.
 *
 * BUGS: of a message whose MAIL or DATA was lost the events do not tell
 * whether its end was seen: its last part may come out as not whole.
 */
#ifndef REREAD_H
#define REREAD_H

#include "dissectors/mime/mime.h"

struct reread_user {
	void *self;
	struct mime_user mime;			/* with a self of its own; all NULL: only fields are wanted */
	/* May be NULL. decoded: unfolded, RFC 2047 undone; offset: where it stands in the stream. */
	void (*field)(void *self, const struct header_field *, slice decoded, uint64_t offset);
	/* May be NULL. Bytes are missing here: told before the parts hear of it, and again (over) when they have. */
	void (*gap)(void *self, uint64_t missing, bool let_go, bool over);
};

struct reread;

/* wants: as of mime_new(). begin: its EV_MAIL_BEGIN, or NULL: that was let go. */
struct reread *reread_new(const struct reread_user *, uint32_t wants, const struct event *begin);
void reread_free(struct reread **);

/* An EV_MAIL_BYTES of it with its bytes, whose slice in the event is not looked at. */
void reread_bytes(struct reread *, const struct event *, slice bytes);
/* The same, but the bytes were let go. */
void reread_lost(struct reread *, const struct event *, uint64_t length);
/* An EV_GAP in it. What stood before the gap may be told behind it, as the dissector does. */
void reread_gap(struct reread *, const struct event *);
void reread_finish(struct reread *, bool whole);	/* as ev_mail_end says */

size_t reread_memory(const struct reread *);

#endif
